import type { Context } from 'hono'
import { parseJson } from './json-text.ts'
import { Problem } from './problem.ts'

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

/**
 * The value in the body; undefined when there is none.
 * @throws {Problem} when it is not JSON in UTF-8, or says that it is something else.
 */
export async function readBody(context: Context): Promise<unknown> {
  const bytes = await context.req.arrayBuffer().catch((cause: unknown) => {
    throw new Problem('gone', 'the client has gone before its body was there', { cause })
  })
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

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Problem('invalid_json', 'the body is not UTF-8', { cause })
  }
}
