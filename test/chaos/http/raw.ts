import { connect } from 'node:net'
import { pick, type Random } from './choose.ts'

const POST = 'POST /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n'

/** What no client of HTTP would send. Each ends, so that a server has nothing more to wait for. */
const RAW: readonly (() => string)[] = [
  () => '\r\n\r\n',
  () => 'GET\r\n\r\n',
  () => 'GET / HTTP/9.9\r\n\r\n',
  () => 'GET /\r\n\r\n',
  () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
  () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  () => 'GET / HTTP/1.1\r\n\r\n',
  () => 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1:x\r\n\r\n',
  () => 'GET //evil.example/%2e%2e HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  () => 'GET http://evil.example/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  () => 'GET http://[::1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  () => 'GET \\..\\ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  () => `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
  () => `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
  () => `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X: y\r\n'.repeat(5000)}\r\n`,
  () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX : y\r\n\r\n',
  () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\u0000b\r\n\r\n',
  () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n folded: x\r\n\r\n',
  () => 'CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  () =>
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n',
  () => `${POST}Content-Length: -1\r\n\r\n{}`,
  () => `${POST}Content-Length: 9e9\r\n\r\n{}`,
  () => `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
  () => `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  () => `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  () => `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nHost: evil\r\n\r\n`,
  () => `${POST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}`,
  () => `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  () => `${POST}Transfer-Encoding: chunked\r\n\r\n${'1\r\n[\r\n'.repeat(20_000)}0\r\n\r\n`,
  () => `${POST}Content-Length: 2\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
  () => `${POST}Content-Length: 2\r\nExpect: 200-maybe\r\n\r\n{}`,
  () => `${POST}Content-Length: 1000\r\n\r\n{"task": "junk/echo"`,
]

export interface RawOutcome {
  readonly sent: string
  /** Of the first answer; undefined when the connection was closed without one. */
  readonly status: number | undefined
  readonly hung: boolean
}

/** Writes bytes that are no request, says that there is no more, and waits for the end. */
export function sendRaw(random: Random, port: number, patience: number): Promise<RawOutcome> {
  const sent = pick(random, RAW)()
  const { promise, resolve } = Promise.withResolvers<RawOutcome>()
  let heard = ''
  const socket = connect(port, '127.0.0.1')
  const end = (hung: boolean) => {
    clearTimeout(timer)
    socket.destroy()
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(heard)?.[1]
    resolve({
      sent: sent.slice(0, 200),
      status: status === undefined ? undefined : Number(status),
      hung,
    })
  }
  const timer = setTimeout(() => end(true), patience)
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    heard += chunk
  })
  // Refused bytes may come back as a reset: that is an end too.
  socket.on('error', () => end(false))
  socket.on('close', () => end(false))
  socket.end(sent, 'latin1')
  return promise
}
