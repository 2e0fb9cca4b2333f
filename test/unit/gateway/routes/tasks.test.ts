import { describe, expect, it } from 'vitest'
import { startGateway } from '../../../support/checked-gateway.ts'
import { planOf } from '../../../support/runtimes.ts'

const TASKS = {
  quick: () => 'done',
  broken: () => Promise.reject(new Error('no')),
  slow: ({ signal }: { signal: AbortSignal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
}

const start = (options = {}) => startGateway(planOf(TASKS), options)

type Gateway = Awaited<ReturnType<typeof start>>

async function submitted({ post }: Gateway, task: string, options = {}): Promise<string> {
  const { body } = await post('/api/v1/tasks', { task: `plan/${task}`, options })
  return (body as { id: string }).id
}

describe('listing tasklets', () => {
  it('pages with a cursor, newest first', async () => {
    const gateway = await start()
    const ids = [await submitted(gateway, 'quick'), await submitted(gateway, 'quick')]
    const one = (await gateway.get('/api/v1/tasks?limit=1')).body as Page
    const two = (await gateway.get(`/api/v1/tasks?limit=1&cursor=${one.cursor}`)).body as Page
    expect([...one.items, ...two.items].map(({ id }) => id)).toEqual(ids.toReversed())
    expect(two.cursor).toBeUndefined()
  })

  it('filters by several statuses and by the full name of a task', async () => {
    const gateway = await start()
    const failed = await submitted(gateway, 'broken')
    await submitted(gateway, 'quick')
    await expect(gateway.runtime.handle(failed).result()).rejects.toThrow()
    const { body } = await gateway.get('/api/v1/tasks?status=failed,cancelled&task=plan/broken')
    expect((body as Page).items.map(({ id }) => id)).toEqual([failed])
  })

  it.each([
    ['limt=1', 'limt', 'limit'],
    ['limit=0', 'limit', undefined],
    ['limit=501', 'limit', undefined],
    ['limit=1&limit=2', 'limit', undefined],
    ['status=done', 'status.0', undefined],
    ['since=yesterday', 'since', undefined],
  ])('refuses ?%s', async (query, path, suggestion) => {
    const { get } = await start()
    const { status, body } = await get(`/api/v1/tasks?${query}`)
    expect(status).toBe(400)
    const [error] = (body as { errors: { path: string; suggestion?: string }[] }).errors
    expect(error?.path.replace('[0]', '.0')).toBe(path)
    expect(error?.suggestion).toBe(suggestion)
  })

  it('refuses a cursor that is none', async () => {
    const { get } = await start()
    expect(await get('/api/v1/tasks?cursor=nonsense')).toMatchObject({ status: 400 })
  })
})

interface Page {
  readonly items: readonly { readonly id: string }[]
  readonly cursor?: string
}

describe('one tasklet', () => {
  it('is told as its record', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'quick', { tags: ['x'] })
    await gateway.runtime.handle(id).result()
    const { body } = await gateway.get(`/api/v1/tasks/${id}`)
    expect(body).toMatchObject({
      id,
      plan: 'plan',
      status: 'completed',
      output: 'done',
      tags: ['x'],
    })
  })

  it('is waited for until it has settled', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'slow')
    const asked = gateway.get(`/api/v1/tasks/${id}?wait=30s`)
    await gateway.runtime.cancel(id)
    expect((await asked).body).toMatchObject({ status: 'cancelled' })
  })

  it('is told as it is when the time to wait is over', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'quick', { delay: '1h' })
    const asked = gateway.get(`/api/v1/tasks/${id}?wait=5s`)
    await gateway.clock.advance('5s')
    expect((await asked).body).toMatchObject({ status: 'scheduled' })
  })

  it.each(['', '/explain', '/timeline', '/machine'])(
    'answers 404 for an id that is not known: %s',
    async (view) => {
      const { get } = await start()
      const { status, body } = await get(`/api/v1/tasks/nobody${view}`)
      expect({ status, body }).toMatchObject({ status: 404, body: { code: 'not_found' } })
    },
  )

  it('explains why it does not run', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'quick', { delay: '1h' })
    const { body } = await gateway.get(`/api/v1/tasks/${id}/explain`)
    expect(body).toMatchObject({ runnable: false, reasons: [{ code: 'scheduled' }] })
  })

  it('tells its stations in their order', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'broken')
    await expect(gateway.runtime.handle(id).result()).rejects.toThrow()
    const { body } = await gateway.get(`/api/v1/tasks/${id}/timeline`)
    const { stations } = body as { stations: { what: string; message?: string }[] }
    expect(stations.map(({ what }) => what)).toContain('queued')
    expect(stations.at(-1)).toMatchObject({ what: 'failed', message: 'no' })
  })

  it('shows the statechart of its life and where in it the tasklet is', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'quick', { delay: '1h' })
    const { body } = await gateway.get(`/api/v1/tasks/${id}/machine`)
    expect(body).toMatchObject({ state: 'scheduled', life: { config: { id: 'tasklet' } } })
    expect((body as { life: { mermaid: string } }).life.mermaid).toContain('stateDiagram')
  })
})

describe('cancelling', () => {
  it('ends one that waits at once', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'quick', { delay: '1h' })
    const { status, body } = await gateway.post(`/api/v1/tasks/${id}/cancel`, {
      reason: 'changed my mind',
    })
    expect({ status, body }).toEqual({ status: 200, body: { id, outcome: 'cancelled' } })
    expect((await gateway.runtime.get(id))?.error?.message).toBe('changed my mind')
  })

  it('asks a running one to stop', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'slow')
    await gateway.clock.advance(1)
    expect((await gateway.post(`/api/v1/tasks/${id}/cancel`)).status).toBe(202)
    await expect(gateway.runtime.handle(id).result()).rejects.toThrow('cancelled')
  })

  it('is a conflict for one that has settled, and 404 for one that is not known', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'quick')
    await gateway.runtime.handle(id).result()
    expect((await gateway.post(`/api/v1/tasks/${id}/cancel`)).status).toBe(409)
    expect((await gateway.post('/api/v1/tasks/nobody/cancel')).status).toBe(404)
  })
})

describe('running a dead letter again', () => {
  it('answers with the new tasklet, and refuses a second time', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'broken')
    await expect(gateway.runtime.handle(id).result()).rejects.toThrow()
    const { status, body } = await gateway.post(`/api/v1/tasks/${id}/retry`)
    expect(status).toBe(202)
    expect(await gateway.runtime.get((body as { id: string }).id)).toMatchObject({ replayOf: id })
    expect((await gateway.post(`/api/v1/tasks/${id}/retry`)).status).toBe(409)
  })

  it('is refused at once when the queue is full', async () => {
    const gateway = await start({ queues: { main: { maxSize: 1 } } })
    const id = await submitted(gateway, 'broken')
    await expect(gateway.runtime.handle(id).result()).rejects.toThrow()
    await gateway.runtime.queue('main').pause()
    await submitted(gateway, 'quick')
    expect((await gateway.post(`/api/v1/tasks/${id}/retry`)).status).toBe(429)
    const { body } = await gateway.post('/api/v1/dead-letters/replay', { ids: [id] })
    expect(body).toMatchObject({ replayed: [], refused: [{ id }] })
  })

  it('is a conflict for one that did not fail', async () => {
    const gateway = await start()
    const id = await submitted(gateway, 'quick')
    await gateway.runtime.handle(id).result()
    expect((await gateway.post(`/api/v1/tasks/${id}/retry`)).status).toBe(409)
  })
})

describe('over all tasklets', () => {
  it('lists what could run now', async () => {
    const gateway = await start()
    await gateway.runtime.queue('main').pause()
    const id = await submitted(gateway, 'quick')
    await gateway.runtime.queue('main').resume()
    expect(await gateway.get('/api/v1/executable?limit=5')).toMatchObject({ status: 200 })
    expect((await gateway.get('/api/v1/timeline?plan=plan')).body).toMatchObject({
      items: [{ id }],
    })
  })
})
