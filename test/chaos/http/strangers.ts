import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface StrangeRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface StrangeAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number
  readonly text: string
}

/** On a connection of its own, with whatever Host and Origin. Of a stream only the beginning is read. */
export function ask(
  port: number,
  { method, path, headers = {}, body }: StrangeRequest,
): Promise<StrangeAnswer> {
  const { promise, resolve } = Promise.withResolvers<StrangeAnswer>()
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false })
  sent.on('error', () => resolve({ status: 0, text: '' }))
  sent.on('response', (response) => {
    const status = response.statusCode ?? 0
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (response.headers['content-type']?.startsWith('text/event-stream')) sent.destroy()
    })
    response.on('close', () => resolve({ status, text }))
    response.on('error', () => resolve({ status, text }))
  })
  sent.end(body)
  return promise
}

/** Sends this much of a request and then nothing. Resolves when the server has closed. */
export async function dawdle(port: number, text: string): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  socket.write(text)
  await once(socket, 'close')
}

/** Asks for every event and reads nothing. */
export function listenMutely(port: number, token: string): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.pause()
  socket.write(
    `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  )
  return socket
}
