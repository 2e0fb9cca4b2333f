import { expect } from 'vitest'
import { z } from 'zod'
import { createGateway, type GatewayOptions } from '../../src/gateway/gateway.ts'
import type { Plan } from '../../src/plan/model.ts'
import type { RuntimeOptions } from '../../src/runtime/options/options.ts'
import { startRuntime } from './runtimes.ts'

/** An answer as tests look at it: `body` is the value of JSON, or else the text. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

type App = ReturnType<typeof createGateway>

/** A gateway over a runtime that runs; every answer is held against the OpenAPI document. */
export async function startGateway(
  plan: Plan,
  options: RuntimeOptions = {},
  gateway: GatewayOptions = {},
) {
  const made = await startRuntime(plan, options)
  const app = createGateway(made.runtime, { log: made.log, clock: made.clock, ...gateway })
  return { ...made, app, ...callsOf(app) }
}

function callsOf(app: App) {
  const call = async (method: string, path: string, init: RequestInit = {}): Promise<Answered> => {
    const response = await app.request(`http://localhost${path}`, { ...init, method })
    const text = await response.text()
    const { status, headers } = response
    const isJson = /json/.test(headers.get('content-type') ?? '') && text !== ''
    const answer = { status, headers, body: isJson ? JSON.parse(text) : text }
    await requireDocumented(app, method, path, answer)
    return answer
  }
  const send = (
    method: string,
    path: string,
    value?: unknown,
    headers: Record<string, string> = {},
  ) =>
    call(method, path, {
      headers: { 'content-type': 'application/json', ...headers },
      ...(value !== undefined && { body: JSON.stringify(value) }),
    })
  return {
    call,
    get: (path: string, headers: Record<string, string> = {}) => call('GET', path, { headers }),
    post: (path: string, value?: unknown, headers: Record<string, string> = {}) =>
      send('POST', path, value, headers),
    put: (path: string, value?: unknown) => send('PUT', path, value),
  }
}

interface Documented {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: { readonly schemas: object }
}

export interface DocumentedOperation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content } | undefined>>
}

type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>

export async function documentOf(app: App): Promise<Documented> {
  return (await (await app.request('http://localhost/openapi.json')).json()) as Documented
}

/** The status is one that the document has for the route, and the body has its form. */
async function requireDocumented(
  app: App,
  method: string,
  path: string,
  { status, headers, body }: Answered,
): Promise<void> {
  const document = await documentOf(app)
  const { pathname } = new URL(path, 'http://localhost')
  const routes = Object.keys(document.paths).filter((each) => toPattern(each).test(pathname))
  const route = routes.find((each) => each === pathname) ?? routes[0] ?? ''
  const operation = document.paths[route]?.[method.toLowerCase()]
  if (operation === undefined) return
  const said = `${method} ${route} answers ${status}`
  const documented = operation.responses[String(status)]
  expect(documented, said).toBeDefined()
  const [type = ''] = headers.get('content-type')?.split(';') ?? []
  const schema = documented?.content?.[type]?.schema
  expect(schema, `${said} as ${type}`).toBeDefined()
  if (schema === undefined || !type.includes('json')) return
  const { error } = toZod(schema, document).safeParse(body)
  expect(error?.issues ?? [], said).toEqual([])
}

function toPattern(path: string): RegExp {
  const source = path.replace(/\{(\w+)\}/g, (_, name) =>
    name === 'schedule' || name === 'interrupt' ? '[^/]+(?:/[^/]+)?' : '[^/]+',
  )
  return new RegExp(`^${source}$`)
}

/** A schema of the document, which may name its components. */
export function toZod(schema: object, { components }: Documented): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: components.schemas })
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')))
}
