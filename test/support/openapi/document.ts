/** A schema as OpenAPI 3.1 has it: JSON Schema. */
export type Schema = boolean | Readonly<Record<string, unknown>>

interface Media {
  readonly schema?: Schema
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly required?: boolean
  readonly schema?: Schema
}

export interface AnswerObject {
  readonly content?: Readonly<Record<string, Media>>
}

interface OperationObject {
  readonly operationId?: string
  readonly parameters?: readonly unknown[]
  readonly requestBody?: { readonly required?: boolean; readonly content: AnswerObject['content'] }
  readonly responses: Readonly<Record<string, unknown>>
}

type PathItem = Readonly<Record<string, unknown>> & { readonly parameters?: readonly unknown[] }

/** What of the document the tests read. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components?: Readonly<Record<string, unknown>>
}

/** One method of one path. */
export interface DocumentedOperation {
  /** Upper case. */
  readonly method: string
  /** With parameters in braces. */
  readonly path: string
  readonly parameters: readonly Parameter[]
  /** Of a body of JSON. */
  readonly body?: { readonly required: boolean; readonly schema: Schema }
  /** By status, or `default`. */
  readonly answers: ReadonlyMap<string, AnswerObject>
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const JSON_BODY = 'application/json'

export function operationsOf(document: OpenApiDocument): readonly DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) =>
      toOperation(document, path, method, item),
    ),
  )
}

/** The operation that a request comes to; `path` may be escaped, and may go up. */
export function operationAt(
  operations: readonly DocumentedOperation[],
  method: string,
  path: string,
): DocumentedOperation | undefined {
  const pathname = URL.parse(path, 'http://127.0.0.1')?.pathname
  if (pathname === undefined) return undefined
  const found = operations.filter((each) => each.method === method && fits(each.path, pathname))
  return found.find((each) => each.path === pathname) ?? found[0]
}

function fits(template: string, pathname: string): boolean {
  const literal = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname)
}

function toOperation(
  document: OpenApiDocument,
  path: string,
  method: string,
  item: PathItem,
): DocumentedOperation {
  const operation = item[method] as OperationObject
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
  const body = resolve<OperationObject['requestBody']>(document, operation.requestBody)
  const schema = body?.content?.[JSON_BODY]?.schema
  const answers = Object.entries(operation.responses).map(
    ([status, answer]) => [status, resolve<AnswerObject>(document, answer)] as const,
  )
  return {
    method: method.toUpperCase(),
    path,
    parameters: parameters.map((each) => resolve<Parameter>(document, each)),
    ...(schema !== undefined && { body: { required: body?.required ?? false, schema } }),
    answers: new Map(answers),
  }
}

/** What a value stands for: itself, or what its `$ref` points to. @throws when that is nothing. */
export function resolve<T>(document: OpenApiDocument, value: unknown): T {
  const ref = (value as { readonly $ref?: unknown } | undefined)?.$ref
  if (typeof ref !== 'string') return value as T
  let found: unknown = document
  for (const key of ref.replace(/^#\//, '').split('/')) {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    found = (found as Readonly<Record<string, unknown>> | undefined)?.[name]
  }
  if (found === undefined) throw new Error(`the document has no ${ref}`)
  return resolve<T>(document, found)
}
