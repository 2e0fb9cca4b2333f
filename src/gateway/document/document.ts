import type { OpenAPIHono } from '@hono/zod-openapi'
import { z } from 'zod'
import type { AnswerShape, Operation } from '../http/operation.ts'
import { PROBLEMS, type ProblemCode } from '../http/problem.ts'
import type { Route } from '../http/route.ts'
import { problemSchema } from '../schemas/problem.ts'
import { JsonSchemas } from './json-schemas.ts'

type Registry = OpenAPIHono['openAPIRegistry']
type Path = Parameters<Registry['registerPath']>[0]
type Responses = Path['responses']

const PROBLEM_TYPE = 'application/problem+json'

/** What every route may answer: whoever asks, and however it is set up. */
const EVERYWHERE: readonly ProblemCode[] = [
  'invalid_input',
  'unauthorized',
  'forbidden',
  'rate_limited',
  // A body that nobody asked for is no longer than another.
  'too_large',
  'internal',
  'lifecycle',
]
const WITH_BODY: readonly ProblemCode[] = ['invalid_json', 'unsupported_media_type']

/** Enters the routes and their schemas into the registry, from which the document is made. */
export function describeRoutes(registry: Registry, prefix: string, routes: readonly Route[]): void {
  const schemas = new JsonSchemas()
  for (const { method, path, scope, operation } of routes) {
    const { id, tag, summary, description } = operation
    registry.registerPath({
      method: method.toLowerCase() as Path['method'],
      path: prefix + path,
      operationId: id,
      tags: [tag],
      summary,
      ...(description !== undefined && { description }),
      'x-scope': scope,
      security: [{}, { token: [] }],
      parameters: parametersOf(operation, schemas),
      ...(method !== 'GET' && { requestBody: bodyOf(operation, schemas) }),
      responses: responsesOf(operation, method !== 'GET', schemas),
    } as Path)
  }
  for (const [name, schema] of schemas.components) {
    registry.registerComponent('schemas', name, schema)
  }
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
}

function parametersOf({ params, query, headers = {} }: Operation, schemas: JsonSchemas): object[] {
  return [
    ...fieldsOf(params).map(([name, schema]) => ({
      name,
      in: 'path',
      required: true,
      schema: schemas.of(schema, 'output'),
    })),
    ...fieldsOf(query).map(([name, schema]) => toQueryParameter(name, schema, schemas)),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ]
}

function toQueryParameter(name: string, field: z.ZodType, schemas: JsonSchemas): object {
  const schema = schemas.of(field, 'output')
  const { description } = schema
  return {
    name,
    in: 'query',
    required: !field.safeParse(undefined).success,
    ...(description !== undefined && { description }),
    // Several values stand in one text, with commas between.
    ...(schema['type'] === 'array' && { style: 'form', explode: false }),
    schema,
  }
}

function fieldsOf(schema: z.ZodType | undefined): readonly (readonly [string, z.ZodType])[] {
  return schema instanceof z.ZodObject
    ? Object.entries(schema.shape as z.ZodRawShape as Record<string, z.ZodType>)
    : []
}

function bodyOf({ body, bodyExample }: Operation, schemas: JsonSchemas): object | undefined {
  if (body === undefined) return undefined
  const content = {
    schema: schemas.of(body, 'input'),
    ...(bodyExample !== undefined && { example: bodyExample }),
  }
  return {
    required: !body.safeParse(undefined).success,
    content: { 'application/json': content },
  }
}

function responsesOf(operation: Operation, takesBody: boolean, schemas: JsonSchemas): Responses {
  const codes = [...EVERYWHERE, ...(takesBody ? WITH_BODY : []), ...(operation.problems ?? [])]
  return {
    ...Object.fromEntries(
      Object.entries(operation.answers).map(([status, answer]) => [
        status,
        toResponse(answer, schemas),
      ]),
    ),
    ...toProblems(codes, schemas),
  } as Responses
}

function toResponse(answer: AnswerShape, schemas: JsonSchemas): object {
  const { description, schema, example, texts = [], headers } = answer
  const json = schema && {
    schema: schemas.of(schema, 'output'),
    ...(example !== undefined && { example }),
  }
  const content = {
    ...(json !== undefined && { 'application/json': json }),
    ...Object.fromEntries(texts.map((type) => [type, { schema: { type: 'string' } }])),
  }
  return {
    description,
    ...(headers !== undefined && { headers: toHeaders(headers) }),
    ...(Object.keys(content).length > 0 && { content }),
  }
}

function toHeaders(headers: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  )
}

const RETRY_AFTER = { 'Retry-After': 'Seconds after which to try again.' }

/** By status: the codes that have it, and what they look like. */
function toProblems(codes: readonly ProblemCode[], schemas: JsonSchemas): Record<string, object> {
  const schema = schemas.of(problemSchema, 'output')
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of new Set(codes)) {
    const { status } = PROBLEMS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => {
      const description = names.map((name) => `\`${name}\`: ${PROBLEMS[name].title}.`).join(' ')
      const isForNow = status === 429 || status === 503
      const content = { [PROBLEM_TYPE]: { schema, example: exampleOf(names[0] ?? 'internal') } }
      return [
        status,
        { description, ...(isForNow && { headers: toHeaders(RETRY_AFTER) }), content },
      ]
    }),
  )
}

function exampleOf(code: ProblemCode): object {
  const { status, title } = PROBLEMS[code]
  const instance = 'urn:request:5f1f8ad4-0a5e-4c39-8f6e-0e3b1c8e9a11'
  return { type: `/docs/errors#${code}`, title, status, code, detail: `${title}.`, instance }
}
