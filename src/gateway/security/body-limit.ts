import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from '../http/problem.ts'

/** Refuses longer bodies, those of unknown length as soon as they are too long. `bytes`: the most. */
export function limitBodies(bytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw new Problem(
        'too_large',
        `a body has at most ${bytes} bytes: send less, or raise bodyLimit`,
        {
          // What is still on its way is not waited for.
          headers: { connection: 'close' },
          members: { limit: bytes },
        },
      )
    },
  })
}
