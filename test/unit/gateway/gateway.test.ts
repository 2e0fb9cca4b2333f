import { describe, expect, it } from 'vitest'
import { StoreError } from '../../../src/core/errors.ts'
import { startGateway } from '../../support/checked-gateway.ts'
import { planOf } from '../../support/runtimes.ts'

const start = () => startGateway(planOf({ quick: () => 1 }))

const JSON_TYPE = { 'content-type': 'application/json' }

describe('a refusal', () => {
  it('is problem+json with a type that leads to its explanation', async () => {
    const { get } = await start()
    const { status, headers, body } = await get('/api/v1/tasks/nobody')
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
    const { type } = body as { type: string }
    expect(type).toBe('/docs/errors#not_found')
    expect((await get('/docs/errors')).body).toContain('id="not_found"')
  })

  it('says where there is nothing, and what there is', async () => {
    const { get } = await start()
    expect(await get('/api/v2/tasks')).toMatchObject({ status: 404, body: { code: 'no_route' } })
  })

  it('names the methods that an address takes', async () => {
    const { call } = await start()
    const { status, headers, body } = await call('DELETE', '/api/v1/tasks/x')
    expect({ status, body }).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } })
    expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect((await call('PUT', '/docs')).status).toBe(405)
  })

  it.each([
    ['text/plain', 415, 'unsupported_media_type'],
    ['application/jsonp', 415, 'unsupported_media_type'],
    ['application/json; charset=utf-8', 202, undefined],
    ['application/vnd.api+json', 202, undefined],
  ])('of a body as %s: %i', async (type, expected, code) => {
    const { call } = await start()
    const body = JSON.stringify({ task: 'plan/quick' })
    const answer = await call('POST', '/api/v1/tasks', { body, headers: { 'content-type': type } })
    expect(answer.status).toBe(expected)
    expect((answer.body as { code?: string }).code).toBe(code)
  })

  it('names the place in a body that is not JSON', async () => {
    const { call } = await start()
    const answer = await call('POST', '/api/v1/tasks', { body: '{"task": }', headers: JSON_TYPE })
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'invalid_json', line: 1, column: 10 },
    })
  })

  it('of bytes that are no text', async () => {
    const { call } = await start()
    const body = new Uint8Array([0x22, 0xff, 0x22])
    const answer = await call('POST', '/api/v1/tasks', { body, headers: JSON_TYPE })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_json' } })
  })

  it('of a body that is too long names the limit', async () => {
    const gateway = await startGateway(planOf({ quick: () => 1 }), {}, { bodyLimit: 100 })
    const answer = await gateway.post('/api/v1/tasks', {
      task: 'plan/quick',
      input: 'x'.repeat(200),
    })
    expect(answer).toMatchObject({ status: 413, body: { code: 'too_large', limit: 100 } })
  })

  it('of a missing body says that it is missing', async () => {
    const { post } = await start()
    const { status, body } = await post('/api/v1/tasks')
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { errors: [{ in: 'body', path: '', message: expect.stringContaining('is missing') }] },
    })
  })

  it('comes for a body where none is taken', async () => {
    const { post } = await start()
    expect((await post('/api/v1/queues/main/pause', { now: true })).status).toBe(400)
    expect((await post('/api/v1/queues/main/pause', {})).status).toBe(200)
  })

  it('is 503 while the runtime takes no work', async () => {
    const { post, runtime } = await start()
    await runtime.stop()
    const { status, body, headers } = await post('/api/v1/tasks', { task: 'plan/quick' })
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'lifecycle' } })
    expect(headers.get('retry-after')).toBe('1')
  })

  it('is 507 when the disk is full', async () => {
    const gateway = await failing(new StoreError('full', 'the disk is full'))
    const answer = await gateway.post('/api/v1/tasks', { task: 'plan/quick' })
    expect(answer).toMatchObject({ status: 507, body: { code: 'store_full' } })
  })

  it.each([
    ['unavailable', 503, '1'],
    ['too_large', 413, null],
  ])('of a store that is %s is %d', async (code, status, retryAfter) => {
    const gateway = await failing(new StoreError(code, 'the database said no'))
    const answer = await gateway.post('/api/v1/tasks', { task: 'plan/quick' })
    expect(answer).toMatchObject({ status, body: { code: `store_${code}` } })
    expect(answer.headers.get('retry-after')).toBe(retryAfter)
  })

  it('tells nothing of what went wrong inside but the id under which it is logged', async () => {
    const gateway = await failing(new Error('password=hunter2 at /etc/secret'))
    const { status, headers, body } = await gateway.post('/api/v1/tasks', { task: 'plan/quick' })
    const id = headers.get('x-request-id') ?? ''
    expect({ status, body }).toMatchObject({ status: 500, body: { code: 'internal' } })
    expect((body as { detail: string }).detail).toContain(id)
    expect(JSON.stringify(body)).not.toMatch(/hunter2|secret|Error/)
  })
})

/** A gateway whose store takes nothing more. */
async function failing(error: Error) {
  const gateway = await start()
  gateway.runtime.trySubmit = () => Promise.reject(error)
  return gateway
}

describe('every answer', () => {
  it('has an id, that of the request if it is one', async () => {
    const { get } = await start()
    const given = await get('/api/v1/stats', { 'x-request-id': 'abc-123' })
    expect(given.headers.get('x-request-id')).toBe('abc-123')
    const foreign = await get('/api/v1/nothing', { 'x-request-id': 'a b<script>' })
    expect(foreign.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  })

  it('to HEAD is that to GET without a body', async () => {
    const { call } = await start()
    const { status, body, headers } = await call('HEAD', '/openapi.json')
    expect({ status, body }).toEqual({ status: 200, body: '' })
    expect(headers.get('etag')).toMatch(/^".+"$/)
  })

  it('to OPTIONS names the methods', async () => {
    const { call } = await start()
    const { status, headers } = await call('OPTIONS', '/api/v1/tasks')
    expect(status).toBe(204)
    expect(headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
  })
})

describe('the pages', () => {
  it.each(['/', '/docs', '/docs/errors'])('at %s need nothing from elsewhere', async (path) => {
    const { get } = await start()
    const { status, headers, body } = await get(path)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toContain('text/html')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(body).not.toMatch(/(?:src|href|url\()\s*=?\s*["']?(?:https?:)?\/\//)
  })

  it('of the API has every operation', async () => {
    const { get } = await start()
    const { body } = await get('/docs')
    for (const id of ['submitTask', 'pullLeases', 'orderQueue', 'listenToEvents']) {
      expect(body).toContain(`id="${id}"`)
    }
  })

  it('say when the document has not changed', async () => {
    const { get, call } = await start()
    const etag = (await get('/openapi.json')).headers.get('etag') ?? ''
    const headers = { 'if-none-match': `"other", W/${etag}` }
    expect((await call('GET', '/openapi.json', { headers })).status).toBe(304)
  })
})
