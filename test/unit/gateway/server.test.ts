import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { StoredTokens } from '../../../src/gateway/security/stored-tokens.ts'
import { serve } from '../../../src/gateway/server.ts'
import type { ServeOptions } from '../../../src/gateway/server-options.ts'
import { systemClock } from '../../../src/runtime/clock.ts'
import { fieldLog } from '../../support/gateway.ts'
import { planOf, startRuntime } from '../../support/runtimes.ts'

/** A real server on a free port, with the time of the machine. */
async function start(options: ServeOptions = {}) {
  const plan = planOf({ greet: async () => 'hello' })
  const made = await startRuntime(plan, { clock: systemClock })
  const log = fieldLog()
  const server = await serve(made.runtime, { port: 0, log, ...options })
  onTestFinished(() => server.close({ drain: 0 }))
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(server.url + path, { headers })
  return { ...made, server, log, get }
}

/** Sends exactly this, and what comes back until the connection ends. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8')
  socket.on('data', (part: string) => {
    answer += part
  })
  // An answer may come, and the connection end, before all is sent.
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return answer
}

const JSON_POST =
  'POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

describe('a server', () => {
  it('answers on loopback without a token', async () => {
    const { server, get } = await start()
    expect(server.host).toBe('127.0.0.1')
    expect((await get('/api/v1/stats')).status).toBe(200)
  })

  it('takes a body whose length is not announced, and refuses it when it is too long', async () => {
    const { server } = await start({ bodyLimit: 100 })
    const chunked = (body: string) =>
      exchange(
        server.port,
        `${JSON_POST}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      )
    expect(await chunked('{"task": "plan/greet"}')).toMatch(/^HTTP\/1.1 202/)
    expect(await chunked(`{"task": "${'x'.repeat(100)}"}`)).toMatch(/^HTTP\/1.1 413/)
  })

  it.each(['OPTIONS', 'DELETE'])('answers %s without a body', async (method) => {
    const { server } = await start()
    const { status } = await fetch(`${server.url}/api/v1/queues`, { method })
    expect(status).toBeLessThan(500)
  })

  it.each(['0.0.0.0', '::', '192.168.1.7', 'queue.example.com'])(
    'refuses to listen on %s without a token, and says what to do',
    async (host) => {
      const starting = start({ host })
      await expect(starting).rejects.toThrow(InputError)
      await expect(starting).rejects.toThrow('setpoint token add')
    },
  )

  it('refuses to let others in by a token store in which there is none', async () => {
    const { store } = await startRuntime(planOf({ greet: async () => 1 }))
    await expect(start({ host: '0.0.0.0', tokens: new StoredTokens(store) })).rejects.toThrow(
      'no token',
    )
    await expect(start({ tokens: new StoredTokens(store) })).resolves.toBeDefined()
  })

  it('refuses a token that could be guessed', async () => {
    await expect(start({ host: '0.0.0.0', token: 'secret' })).rejects.toThrow('at least 16')
  })

  it('asks for the token on every host once there is one', async () => {
    const token = 'a-long-enough-token'
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      const { get } = await start({ host, token })
      expect((await get('/api/v1/stats')).status).toBe(401)
      expect((await get('/api/v1/stats', { authorization: `Bearer ${token}` })).status).toBe(200)
    }
  })

  it('says which address is taken', async () => {
    const { server } = await start()
    await expect(start({ port: server.port })).rejects.toThrow(`port ${server.port} is taken`)
  })

  it.each([{ port: 70_000 }, { port: 1.5 }, { maxConnections: 0 }, { headersTimeout: -1 }])(
    'refuses %j',
    async (options) => {
      await expect(start(options)).rejects.toThrow(InputError)
    },
  )

  it('closes connections that send nothing, or send too slowly', async () => {
    const { server, log, get } = await start({ headersTimeout: 100, requestTimeout: 200 })
    const answers = await Promise.all([
      exchange(server.port, ''),
      exchange(server.port, 'GET / HTTP/1.1\r\nHost: local'),
      exchange(server.port, `${JSON_POST}Content-Length: 200\r\n\r\n{"task"`),
    ])
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(log.lines.filter(({ message }) => message === 'a request failed')).toEqual([])
    expect((await get('/healthz')).status).toBe(200)
  })

  it('refuses headers and bodies that are too long and closes the connection', async () => {
    const { server } = await start()
    const megabytes = 'x'.repeat(2_000_000)
    const answers = [
      await exchange(
        server.port,
        `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      ),
      await exchange(server.port, `${JSON_POST}Content-Length: 2000000\r\n\r\n${megabytes}`),
      await exchange(
        server.port,
        `${JSON_POST}Transfer-Encoding: chunked\r\n\r\n1e8480\r\n${megabytes}\r\n`,
      ),
    ]
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['431', '413', '413'])
  })

  it('takes no more connections than it may have, and takes one again when one has ended', async () => {
    const { server, get } = await start({ maxConnections: 1 })
    const held = connect(server.port, '127.0.0.1')
    await once(held, 'connect')
    expect(await exchange(server.port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('')
    held.end('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    held.resume()
    await once(held, 'close')
    expect((await get('/healthz')).status).toBe(200)
  })

  it('cuts off a listener that never reads, gives its place to another, and keeps answering', async () => {
    const events = { heartbeat: 20, stall: 40, maxListeners: 1 }
    const { server, runtime, get } = await start({ events })
    const stuck = connect(server.port, '127.0.0.1')
    onTestFinished(() => void stuck.destroy())
    stuck.write('GET /api/v1/events?pattern=big.* HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(stuck, 'readable')
    const text = 'x'.repeat(60_000)
    // Until there is more than the buffers of the system hold, and the heart has beaten.
    for (;;) {
      for (let n = 0; n < 10; n += 1) runtime.events.emit('big.one', { text })
      expect((await get('/healthz')).status).toBe(200)
      const { status, body } = await get('/api/v1/events')
      await body?.cancel()
      if (status === 200) break
      expect(status).toBe(503)
    }
  })

  it('is not ready from the moment that it drains, and lives until it closes', async () => {
    const { server, get } = await start()
    expect((await get('/readyz')).status).toBe(200)
    server.drain()
    const answer = await get('/readyz')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({
      status: 'not-ready',
      reasons: [{ code: 'stopping', message: 'the server is stopping' }],
    })
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/api/v1/stats')).status).toBe(200)
  })

  it('is not ready when the runtime has stopped', async () => {
    const { runtime, get } = await start()
    await runtime.stop()
    const answer = await get('/readyz')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      reasons: [{ code: 'runtime', message: 'the runtime is stopped' }],
    })
  })

  it('sends listeners away when it closes, and closes idle connections', async () => {
    const { server, get } = await start()
    await get('/healthz').then((response) => response.text())
    const response = await get('/api/v1/events')
    const text = response.text()
    await server.close()
    expect(await text).toContain('event: end\ndata: {"reason":"shutdown","retry":2000}')
    await expect(get('/healthz')).rejects.toThrow()
  })

  it('cuts off what is not answered in time when it closes', async () => {
    const { server } = await start()
    const socket = connect(server.port, '127.0.0.1')
    socket.write(`${JSON_POST}Content-Length: 200\r\n\r\n{`)
    socket.on('error', () => {})
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    await server.close({ drain: 50 })
    await closed
  })
})
