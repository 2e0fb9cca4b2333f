import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { readBody } from './body.ts'
import { valid } from './faults.ts'
import type { Answer, Call, Operation } from './operation.ts'
import { Problem } from './problem.ts'
import { readQuery } from './query.ts'
import { type Route, toPattern } from './route.ts'

type Status = Extract<Parameters<Context['status']>[0], 200>

/** What handlers work on. */
export type Parts = Pick<Call, 'runtime' | 'feed'>

const NOTHING = z.strictObject({})

/** Lets the app answer the routes under the prefix. */
export function mountRoutes(
  app: Pick<Hono, 'on' | 'all'>,
  prefix: string,
  routes: readonly Route[],
  parts: Parts,
): void {
  for (const { method, path, operation } of routes) {
    app.on(method, prefix + toPattern(path), (context) => answerTo(context, operation, parts))
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method)
    app.all(prefix + toPattern(path), (context) => refuseMethod(context, methods))
  }
}

/** What an address answers that takes only these methods. */
export function refuseMethod(context: Context, methods: readonly string[]): Response {
  const { method } = context.req
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  if (method === 'OPTIONS') return context.body(null, 204, { allow })
  throw new Problem('method_not_allowed', `${method} is not taken here: use ${allow}`, {
    headers: { allow },
  })
}

async function answerTo(context: Context, operation: Operation, parts: Parts): Promise<Response> {
  const { req } = context
  const params = valid(operation.params ?? NOTHING, req.param(), 'path')
  const query = valid(operation.query ?? NOTHING, readQuery(req.url), 'query')
  const takesBody = req.method !== 'GET' && req.method !== 'HEAD'
  const body = takesBody ? await readValidBody(context, operation) : undefined
  const header = (name: string) => req.header(name)
  const { signal } = req.raw
  const call = { ...parts, params, query, body, header, signal, context }
  const answer = await operation.handle(call)
  return answer instanceof Response ? answer : toResponse(context, answer)
}

async function readValidBody(context: Context, { body }: Operation): Promise<unknown> {
  const given = await readBody(context)
  return valid(body ?? NOTHING.optional(), given, 'body')
}

function toResponse(context: Context, { status, body, text, headers }: Answer): Response {
  if (text !== undefined) {
    const type = { 'content-type': `${text.type}; charset=utf-8` }
    return context.body(text.content, status as Status, { ...headers, ...type })
  }
  if (body === undefined) return context.body(null, 204, headers)
  return context.json(body, status as Status, headers)
}
