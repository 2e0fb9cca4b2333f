import { describe, expect, it } from 'vitest'
import { ROUTES } from '../../../../src/gateway/routes.ts'
import { adminToken, anyOf } from '../../../../src/gateway/security/authentication.ts'
import { bearer, startGateway, startGuarded } from '../../../support/gateway.ts'

const ADDRESSES = ROUTES.map(({ method, path, scope }) => ({
  method,
  scope,
  path: `/api/v1${path.replaceAll(/\{\w+\}/g, 'x')}`,
}))
const BESIDE = [
  { method: 'GET', path: '/metrics', scope: 'read' },
  { method: 'GET', path: '/nowhere', scope: 'read' },
  { method: 'DELETE', path: '/api/v1/tasks/x', scope: 'admin' },
]
const ALL = [...ADDRESSES, ...BESIDE]
const ORDER = ['read', 'submit', 'admin'] as const
const WRONG = 'sp_0123456789ab_wrong-secret-wrong-secret-wrong-secret-wrong'

describe('a gateway that asks for tokens', () => {
  it('refuses every route without a token and says what is needed', async () => {
    const { app } = await startGuarded()
    for (const { method, path, scope } of ALL) {
      const response = await app.request(path, { method })
      expect([method, path, response.status]).toEqual([method, path, 401])
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="setpoint"')
      expect(await response.json()).toMatchObject({
        code: 'unauthorized',
        detail: expect.stringContaining(`"${scope}"`),
      })
    }
  })

  it('refuses every route with a wrong token, also one of the wrong form', async () => {
    const { app, clock } = await startGuarded()
    for (const { method, path } of ALL) {
      // So that none is refused only for those before it.
      clock.jump(60_000)
      for (const authorization of [
        `Bearer ${WRONG}`,
        'Basic YWRtaW46YWRtaW4=',
        'Bearer',
        `Bearer ${'x'.repeat(600)}`,
      ]) {
        const { status, headers } = await app.request(path, { method, headers: { authorization } })
        expect([method, path, status]).toEqual([method, path, 401])
        expect(headers.get('www-authenticate')).toContain('error="invalid_token"')
      }
    }
  })

  it('refuses every route to a token whose scope is too small, and no route for its scope', async () => {
    const { app, tokens } = await startGuarded()
    for (const { method, path, scope } of ALL) {
      for (const held of ORDER) {
        const controller = new AbortController()
        const { token } = tokens[held]
        const isEnough = ORDER.indexOf(held) >= ORDER.indexOf(scope as 'read')
        const waits = path.endsWith('/events') || path.endsWith('/leases')
        if (isEnough && waits) continue
        const response = await app.request(path, {
          method,
          headers: bearer(token),
          signal: controller.signal,
        })
        const isRefused = [401, 403].includes(response.status)
        expect([held, method, path, isRefused]).toEqual([held, method, path, !isEnough])
        if (!isEnough)
          expect(response.headers.get('www-authenticate')).toContain(`scope="${scope}"`)
      }
    }
  })

  it('tells strangers whether it lives, how it is called, and nothing else', async () => {
    const { app } = await startGuarded()
    for (const path of ['/healthz', '/readyz', '/', '/docs', '/openapi.json']) {
      expect([path, (await app.request(path)).status]).toEqual([path, 200])
    }
  })

  it('never logs a token or the token of a lease, right or wrong', async () => {
    const { app, tokens, log } = await startGuarded()
    await app.request('/api/v1/stats', { headers: bearer(WRONG) })
    await app.request('/api/v1/queues/main/clear', {
      method: 'POST',
      headers: bearer(tokens.read.token),
    })
    await app.request('/api/v1/leases/the-lease-token/ack?token=abc', { method: 'POST' })
    const text = JSON.stringify(log.lines)
    expect(log.lines.map(({ fields }) => fields?.['reason'])).toEqual(['wrong', 'scope', 'missing'])
    for (const secret of ['wrong-secret', tokens.read.token, 'the-lease-token', 'abc']) {
      expect(text).not.toContain(secret)
    }
  })

  it('slows down who guesses, lets the right token through meanwhile, and forgives with time', async () => {
    const { app, clock, tokens, log } = await startGuarded()
    const ask = (token: string) => app.request('/api/v1/stats', { headers: bearer(token) })
    expect((await ask(tokens.read.token)).status).toBe(200)
    const statuses = []
    for (let n = 0; n < 60; n += 1) statuses.push((await ask(WRONG)).status)
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(50).fill(429)])
    const refused = await ask(WRONG)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
    expect((await ask(tokens.read.token)).status).toBe(200)
    expect(log.lines.length).toBeLessThanOrEqual(20)
    await clock.advance('5s')
    expect((await ask(WRONG)).status).toBe(401)
  })

  it('refuses a token from the moment that it is revoked', async () => {
    const { app, stored, tokens } = await startGuarded()
    const ask = () => app.request('/api/v1/stats', { headers: bearer(tokens.read.token) })
    expect((await ask()).status).toBe(200)
    await stored.revoke(tokens.read.id)
    expect((await ask()).status).toBe(401)
  })

  it('takes the token of the environment beside those of the database', async () => {
    const { stored } = await startGuarded()
    const tokens = anyOf([adminToken('a-long-enough-token'), stored])
    const { app } = await startGuarded({ tokens })
    const headers = bearer('a-long-enough-token')
    expect(
      (await app.request('/api/v1/queues/main/pause', { method: 'POST', headers })).status,
    ).toBeLessThan(300)
    expect(() => adminToken('short')).toThrow('at least 16')
  })

  it('limits how often one token asks, without hindering another', async () => {
    const { app, tokens, clock } = await startGuarded({ rate: { perSecond: 1, burst: 2 } })
    const ask = (token: string) => app.request('/api/v1/stats', { headers: bearer(token) })
    const statuses = [
      await ask(tokens.read.token),
      await ask(tokens.read.token),
      await ask(tokens.read.token),
    ]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(statuses[2]?.headers.get('retry-after')).toBe('1')
    expect((await ask(tokens.admin.token)).status).toBe(200)
    await clock.advance('1s')
    expect((await ask(tokens.read.token)).status).toBe(200)
  })
})

describe('a gateway', () => {
  it('counts clients behind a proxy by the address that the proxy saw, whatever they claim', async () => {
    const rate = { perSecond: 1, burst: 1 }
    const ask = async (app: Awaited<ReturnType<typeof startGateway>>['app'], forwarded: string) =>
      (await app.request('/api/v1/stats', { headers: { 'x-forwarded-for': forwarded } })).status
    const behind = await startGateway({ rate, proxies: 1 })
    expect(await ask(behind.app, '1.1.1.1')).toBe(200)
    expect(await ask(behind.app, '2.2.2.2')).toBe(200)
    expect(await ask(behind.app, '3.3.3.3, 1.1.1.1')).toBe(429)
    const direct = await startGateway({ rate })
    expect(await ask(direct.app, '1.1.1.1')).toBe(200)
    expect(await ask(direct.app, '2.2.2.2')).toBe(429)
  })

  it('refuses every route under a foreign name and from a foreign page, whatever is sent', async () => {
    const { app } = await startGateway()
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"task":"plan/greet"}',
    }
    for (const { method, path } of [
      ...ALL,
      { method: 'GET', path: '/' },
      { method: 'GET', path: '/readyz' },
    ]) {
      for (const foreign of [
        { host: 'evil.example' },
        { host: 'localhost', origin: 'http://evil.example' },
        { host: 'localhost', origin: 'null' },
        { host: 'localhost:4680', origin: 'http://localhost:3000' },
        { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      ]) {
        const sent = method === 'POST' ? post : { method }
        const headers = { ...post.headers, ...foreign }
        const { status } = await app.request(path, { ...sent, headers })
        expect([method, path, foreign, status]).toEqual([method, path, foreign, 403])
      }
    }
  })

  it('stores nothing for a page from elsewhere', async () => {
    const { app, runtime } = await startGateway()
    const headers = { 'content-type': 'application/json', origin: 'http://evil.example' }
    await app.request('/api/v1/tasks', { method: 'POST', headers, body: '{"task":"plan/greet"}' })
    expect((await runtime.list()).items).toEqual([])
  })

  it('follows a link from elsewhere and answers its own pages', async () => {
    const { app } = await startGateway()
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect((await app.request('/docs', { headers: link })).status).toBe(200)
    const own = {
      host: 'localhost:4680',
      origin: 'http://localhost:4680',
      'sec-fetch-site': 'same-origin',
    }
    expect((await app.request('/api/v1/stats', { headers: own })).status).toBe(200)
  })

  it('lets only named origins read, and answers their preflight without a token', async () => {
    const origin = 'https://ops.example.com'
    const { app, tokens } = await startGuarded({ origins: [origin] })
    const preflight = await app.request('/api/v1/tasks', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      origin,
    ])
    const answer = await app.request('/api/v1/stats', {
      headers: { origin, ...bearer(tokens.read.token) },
    })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
      200,
      origin,
    ])
    const plain = await app.request('/api/v1/stats', { headers: bearer(tokens.read.token) })
    expect(plain.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('refuses a body that is too long, announced or not, and reads no more of it', async () => {
    const { app } = await startGateway({ bodyLimit: 1000 })
    const headers = { 'content-type': 'application/json' }
    const long = 'x'.repeat(1001)
    const announced = { ...headers, 'content-length': '1001' }
    const first = await app.request('/api/v1/tasks', {
      method: 'POST',
      headers: announced,
      body: long,
    })
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(500))
      },
    })
    const request = new Request('http://localhost/api/v1/tasks', {
      method: 'POST',
      headers,
      body: endless,
      duplex: 'half',
    })
    const second = await app.request(request)
    expect([first.status, second.status]).toEqual([413, 413])
    expect(await second.json()).toMatchObject({ code: 'too_large', limit: 1000 })
    expect(pulled).toBeLessThan(10)
  })

  it('sends safe headers with every answer, refusals included', async () => {
    const { app } = await startGateway()
    for (const path of ['/', '/docs', '/api/v1/stats', '/nowhere', '/healthz']) {
      const { headers } = await app.request(path)
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; frame-ancestors 'none'/,
      )
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
    expect((await app.request('/api/v1/stats')).headers.get('cache-control')).toBe('no-store')
    expect((await app.request('/docs')).headers.get('content-security-policy')).not.toContain(
      'unsafe',
    )
  })

  it.each([
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/../../package.json',
    '/..%2f..%2fetc/passwd',
    '/api/v1/plans/..%2f..%2fpackage.json',
  ])('finds nothing at %s', async (path) => {
    const { app } = await startGateway()
    expect((await app.request(path)).status).toBe(404)
  })
})
