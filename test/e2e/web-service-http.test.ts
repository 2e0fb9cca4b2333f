import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { expect, test, vi } from 'vitest'
import { stopServer } from '../../plans/web-service/actions.ts'
import type { TaskContext } from '../../src/plan/handler.ts'
import { getJson, postItem } from '../fixtures/web-service/http.ts'
import { ServiceScene } from '../fixtures/web-service/scene.ts'

test('a drained server refuses writes until the next task that needs it serving resumes it', async () => {
  const scene = new ServiceScene()
  const runtime = await scene.start()
  await scene.goTo('up.drained')
  const url = await scene.serverUrl()

  const refused = await postItem(url, 'too late')
  expect(refused.status).toBe(503)
  expect(await getJson(`${url}/items`)).toEqual({ items: [], total: 0 })

  const handle = await runtime.submit('web-service/smoke-test')
  expect(await handle.result()).toMatchObject({ items: 1 })
  const record = await runtime.get(handle.id)
  expect(record?.trail?.steps.map(({ task }) => task)).toEqual(['resume'])
})

test('draining lets a write that is under way finish and refuses those that come later', async () => {
  const scene = new ServiceScene()
  await scene.start()
  await scene.goTo('up.serving')
  const url = await scene.serverUrl()
  const slow = await beginPost(url)
  const drained = fetch(`${url}/admin/drain`, { method: 'POST' })
  await vi.waitFor(async () => {
    expect(await getJson(`${url}/health`)).toMatchObject({ state: 'draining' })
  })
  expect((await postItem(url, 'too late')).status).toBe(503)
  expect((await endPost(slow, 'in time')).statusCode).toBe(201)
  expect(await (await drained).json()).toMatchObject({ state: 'drained' })
  expect(await getJson(`${url}/items`)).toMatchObject({ items: [{ name: 'in time' }] })
})

test('a server that is stopped answers what is under way, and counts as stopped only then', async () => {
  const scene = new ServiceScene()
  await scene.start()
  await scene.goTo('up.serving')
  const url = await scene.serverUrl()
  const slow = await beginPost(url)
  const stopped = stopServer({ signal: AbortSignal.timeout(20_000) } as TaskContext)
  await vi.waitFor(() => expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed'))

  expect(scene.serverRuns).toBe(true)
  const response = await endPost(slow, 'in time')
  expect(response.statusCode).toBe(201)
  expect(response.headers.connection).toBe('close')
  await stopped
  expect(scene.serverRuns).toBe(false)
  await scene.goTo('up.serving')
  const items = await getJson(`${await scene.serverUrl()}/items`)
  expect(items).toMatchObject({ items: [{ name: 'in time' }], total: 1 })
})

test('an order meant for another run of the server is refused', async () => {
  const scene = new ServiceScene()
  await scene.start()
  await scene.goTo('up.serving')
  const url = await scene.serverUrl()
  const headers = { 'x-run-id': 'the one before' }
  const response = await fetch(`${url}/admin/stop`, { method: 'POST', headers })

  expect(response.status).toBe(409)
  expect(await getJson(`${url}/health`)).toMatchObject({ state: 'serving' })
})

test('what the server cannot make sense of is refused with a reason and changes nothing', async () => {
  const scene = new ServiceScene()
  await scene.start()
  await scene.goTo('up.serving')
  const url = await scene.serverUrl()
  const cases = [
    ['GET', '/nothing', undefined, 404],
    ['GET', '/items/7', undefined, 404],
    ['PUT', '/items', '{}', 405],
    ['POST', '/items', '{"name"', 400],
    ['POST', '/items', 'null', 400],
    ['POST', '/items', '{}', 400],
    ['POST', '/items', `"${'x'.repeat(2_000_000)}"`, 413],
  ] as const

  for (const [method, path, body, status] of cases) {
    const response = await fetch(url + path, { method, body: body ?? null })
    expect(response.status, `${method} ${path} ${body?.slice(0, 10)}`).toBe(status)
    expect(await response.json()).toEqual({ error: expect.any(String) })
  }
  expect(await getJson(`${url}/items`)).toEqual({ items: [], total: 0 })
})

/** Posts an item as far as the server is sure to have taken the request in. */
async function beginPost(url: string): Promise<ClientRequest> {
  const post = request(`${url}/items`, { method: 'POST', headers: { expect: '100-continue' } })
  post.flushHeaders()
  await once(post, 'continue')
  return post
}

async function endPost(post: ClientRequest, name: string): Promise<IncomingMessage> {
  post.end(JSON.stringify({ name }))
  const [response] = (await once(post, 'response')) as [IncomingMessage]
  return response.resume()
}
