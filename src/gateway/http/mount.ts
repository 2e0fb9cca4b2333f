import type { Context } from 'hono'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Runtime } from '../../runtime/runtime.ts'
import { readBody } from './body.ts'
import { valid } from './faults.ts'
import type { Answer, Operation } from './operation.ts'
import { Problem } from './problem.ts'
import { readQuery } from './query.ts'
import type { Method, Route } from './route.ts'

/** Lets the app answer the routes under the prefix. */
export function mountRoutes(
  app: OpenAPIHono,
  prefix: string,
  routes: readonly Route[],
  runtime: Runtime,
): void {
  for (const { method, path, operation } of routes) {
    const answer = (context: Context) => answerTo(context, operation, runtime)
    app.on(method, prefix + toPattern(path, operation), answer)
  }
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(prefix + path, (context) => refuseMethod(context, methods))
  }
}

/** Ids of schedules and interrupts are `plan/name`, written with or without an escaped slash. */
const QUALIFIED = '{[^/]+(?:/[^/]+)?}'

function toPattern(path: string, _operation?: Operation): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'id' && /^\/(schedules|interrupts)/.test(path) ? `:${name}${QUALIFIED}` : `:${name}`,
  )
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly Method[]> {
  const byPath = new Map<string, Method[]>()
  for (const { method, path } of routes) {
    const pattern = toPattern(path)
    byPath.set(pattern, [...(byPath.get(pattern) ?? []), method])
  }
  return byPath
}

function refuseMethod(context: Context, methods: readonly Method[]): Response {
  const { method } = context.req
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  if (method === 'OPTIONS') return context.body(null, 204, { allow })
  throw new Problem('method_not_allowed', `${method} is not taken here: use ${allow}`, {
    headers: { allow },
  })
}

async function answerTo(
  context: Context,
  operation: Operation,
  runtime: Runtime,
): Promise<Response> {
  const { req } = context
  const params = operation.params && valid(operation.params, req.param(), 'path')
  const query = valid(operation.query ?? NO_QUERY, readQuery(req.url), 'query')
  const body = await readValid(context, operation)
  const header = (name: string) => req.header(name)
  const { signal } = req.raw
  const answer = await operation.handle({ runtime, params, query, body, header, signal })
  return toResponse(context, answer)
}
