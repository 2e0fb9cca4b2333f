import type { Context } from 'hono'
import { parseJson } from './json-text.ts'
import { Problem } from './problem.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The most bytes that a body may have; undefined: no limit. */
    bodyLimit: number | undefined
  }
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/**
 * The value in the body; undefined when there is none.
 * @throws {Problem} when it is not JSON in UTF-8, or says that it is something else.
 */
export async function readBody(context: Context): Promise<unknown> {
  const bytes = await readBytes(context)
  if (bytes.byteLength === 0) return undefined
  const type = context.req.header('content-type')
  if (type === undefined || !JSON_TYPE.test(type)) {
    const found = type === undefined ? 'there is none' : `not ${JSON.stringify(type.slice(0, 80))}`
    throw new Problem(
      'unsupported_media_type',
      `the content-type of the body has to be application/json, ${found}`,
      { headers: { accept: 'application/json' } },
    )
  }
  return parseJson(decode(bytes))
}

/** Reads no further than the limit, whatever length was announced. */
async function readBytes({ req, get }: Context): Promise<Uint8Array> {
  const limit = get('bodyLimit') ?? Number.POSITIVE_INFINITY
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of req.raw.body ?? []) {
      size += chunk.byteLength
      if (size > limit) throw tooLarge(limit)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('gone', 'the client has gone before its body was there', { cause })
  }
  return Buffer.concat(chunks)
}

/** The body is longer than it may be; what is still on its way is not waited for. */
export function tooLarge(limit: number): Problem {
  return new Problem(
    'too_large',
    `a body has at most ${limit} bytes: send less, or raise bodyLimit`,
    { headers: { connection: 'close' }, members: { limit } },
  )
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Problem('invalid_json', 'the body is not UTF-8', { cause })
  }
}
