import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as toRequest,
} from 'node:http'
import type { WireAnswer } from '../../support/openapi/answer-faults.ts'
import type { JunkRequest } from './requests.ts'

export interface WireOptions {
  readonly port: number
  readonly agent: Agent
  /** Milliseconds after which a request without a whole answer counts as hanging. */
  readonly patience: number
}

/** What came of a request: an answer, a closed connection, or nothing in time. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: WireAnswer; readonly taken: number }
  | { readonly kind: 'closed'; readonly error: Error; readonly taken: number }
  | { readonly kind: 'hang'; readonly taken: number }

/** Sends it over a real socket. A stream of events is left after its headers. */
export function send(request: JunkRequest, options: WireOptions): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const begin = performance.now()
  const end = (
    outcome:
      | { kind: 'hang' }
      | { kind: 'closed'; error: Error }
      | { kind: 'answer'; answer: WireAnswer },
  ) => {
    clearTimeout(patience)
    resolve({ ...outcome, taken: performance.now() - begin })
  }
  const sent = open(request, options)
  const patience = setTimeout(() => {
    end({ kind: 'hang' })
    sent.destroy()
  }, options.patience)
  sent.on('error', (error) => end({ kind: 'closed', error }))
  // An upgrade that the server agrees to is no answer of this API.
  sent.on('upgrade', (_, socket) => {
    socket.destroy()
    end({ kind: 'closed', error: new Error('upgraded') })
  })
  sent.on('response', (response) => {
    if (response.headers['content-type']?.startsWith('text/event-stream')) {
      end({ kind: 'answer', answer: toAnswer(response, '') })
      sent.destroy()
      return
    }
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
    })
    response.on('error', (error) => end({ kind: 'closed', error }))
    response.on('end', () => end({ kind: 'answer', answer: toAnswer(response, text) }))
  })
  return promise
}

function open(
  { method, path, query, headers, body }: JunkRequest,
  { port, agent }: WireOptions,
): ClientRequest {
  const search = query.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&')
  const sent = toRequest({
    host: '127.0.0.1',
    port,
    // A server may hang up on a long body that it does not want, and with it on the next request.
    agent: isLong(body) ? false : agent,
    method,
    path: (search === '' ? path : `${path}?${search}`).replaceAll(/[^\x21-\x7e]/g, '_'),
    headers: toHeaders(headers, body),
    setHost: !('host' in headers),
  })
  sent.end(body)
  return sent
}

function toHeaders(headers: JunkRequest['headers'], body: string | undefined): OutgoingHttpHeaders {
  const written = Object.entries(headers).map(([name, value]) => [name, toHeader(value)] as const)
  // Node announces no body for GET and its like, so that its bytes would be taken for a request.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
  return { ...Object.fromEntries(written), ...length }
}

/** Whether the server may have answered, and hung up, before it is sent. */
export function isLong(body: string | undefined): boolean {
  return body !== undefined && body.length > 60_000
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/** The bytes of the text in UTF-8, as far as a header can carry them. */
function toHeader(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '')
}

function toAnswer({ statusCode = 0, headers }: IncomingMessage, text: string): WireAnswer {
  return { status: statusCode, type: headers['content-type'], text }
}
