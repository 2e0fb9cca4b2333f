import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body: unknown
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal that the visitor is told about. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export function html(status: number, body: string): Answer {
  return { status, body, type: 'text/html; charset=utf-8' }
}

export function redirect(location: string): Answer {
  return { status: 303, body: '', headers: { location } }
}

export function send(response: ServerResponse, answer: Answer, last: boolean): void {
  const { status, body, type = 'application/json', headers } = answer
  const closing = last ? { connection: 'close' } : {}
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    ...headers,
    ...closing,
  })
  const plain = typeof body === 'string' || body instanceof Uint8Array
  response.end(plain ? body : `${JSON.stringify(body)}\n`)
}

const LARGEST_FORM = 16 * 1024

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_FORM) {
    request.resume()
    throw new Refusal(413, `A form has at most ${LARGEST_FORM} bytes.`)
  }
  return new URLSearchParams(await text(request))
}
