import type { MiddlewareHandler } from 'hono'
import { tooLarge } from '../http/body.ts'

/**
 * Refuses longer bodies at once when their length is announced, and tells who reads the others where
 * to stop. `bytes`: the most. The request is left as it is: Hono's own limit makes a new one of it,
 * which the requests of its Node server do not allow.
 */
export function limitBodies(bytes: number): MiddlewareHandler {
  return async (context, next) => {
    const announced = Number(context.req.header('content-length') ?? 0)
    if (announced > bytes) throw tooLarge(bytes)
    context.set('bodyLimit', bytes)
    await next()
  }
}
