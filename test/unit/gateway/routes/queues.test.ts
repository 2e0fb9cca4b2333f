import { describe, expect, it } from 'vitest'
import { startGateway } from '../../../support/checked-gateway.ts'
import { planOf } from '../../../support/runtimes.ts'

/** A paused queue with three tasklets. */
async function start() {
  const gateway = await startGateway(planOf({ quick: () => 1 }))
  await gateway.runtime.queue('main').pause()
  const ids: string[] = []
  for (let count = 0; count < 3; count += 1)
    ids.push((await gateway.runtime.submit('plan/quick')).id)
  const order = async () => (await gateway.runtime.queue('main').list()).items.map(({ id }) => id)
  const [a = '', b = '', c = ''] = ids
  return { ...gateway, ids: [a, b, c] as const, order }
}

describe('queues', () => {
  it('are listed with what is in them', async () => {
    const { get } = await start()
    const { items } = (await get('/api/v1/queues')).body as { items: readonly { queue: string }[] }
    expect(items.find(({ queue }) => queue === 'main')).toMatchObject({ paused: true, depth: 3 })
  })

  it('show their order page by page, under a version', async () => {
    const { get, ids } = await start()
    const { body } = await get('/api/v1/queues/main?limit=2')
    const { cursor, version } = body as { cursor: string; version: string }
    expect(body).toMatchObject({ queue: 'main', items: [{ id: ids[0] }, { id: ids[1] }] })
    const next = await get(`/api/v1/queues/main?limit=2&cursor=${cursor}`)
    expect(next.body).toMatchObject({ version, items: [{ id: ids[2] }] })
  })

  it('are paused and resumed', async () => {
    const { post, runtime, ids } = await start()
    expect((await post('/api/v1/queues/main/resume')).body).toMatchObject({ paused: false })
    expect(await runtime.handle(ids[0]).result()).toBe(1)
    expect((await post('/api/v1/queues/main/pause')).body).toMatchObject({ paused: true })
  })

  it('are cleared', async () => {
    const { post, runtime } = await start()
    expect((await post('/api/v1/queues/main/clear')).body).toEqual({ cleared: 3 })
    expect(await runtime.counts()).toMatchObject({ pending: 0, cancelled: 3 })
  })

  it('take another order under the version that was read', async () => {
    const { get, put, ids, order } = await start()
    const { version } = (await get('/api/v1/queues/main')).body as { version: string }
    const wanted = ids.toReversed()
    const { status } = await put('/api/v1/queues/main/order', { ids: wanted, version })
    expect(status).toBe(200)
    expect(await order()).toEqual(wanted)
  })

  it('refuse an order under a version that is stale', async () => {
    const { put, get, ids, order, runtime } = await start()
    const { version } = (await get('/api/v1/queues/main')).body as { version: string }
    await runtime.queue('main').moveToFront(ids[2])
    const answer = await put('/api/v1/queues/main/order', { ids: ids.toReversed(), version })
    expect(answer).toMatchObject({ status: 409, body: { code: 'store_conflict' } })
    expect(await order()).toEqual([ids[2], ids[0], ids[1]])
  })

  it('move one tasklet', async () => {
    const { post, ids, order } = await start()
    const { status } = await post('/api/v1/queues/main/move', { id: ids[2], position: 0 })
    expect(status).toBe(200)
    expect(await order()).toEqual([ids[2], ids[0], ids[1]])
  })

  it('give one tasklet another priority', async () => {
    const { post, ids, runtime } = await start()
    const { status } = await post('/api/v1/queues/main/priority', { id: ids[1], priority: 'high' })
    expect(status).toBe(200)
    expect(await runtime.get(ids[1])).toMatchObject({ priority: 100 })
  })

  it('say that a tasklet is not theirs, or does not wait', async () => {
    const { post, ids, runtime } = await start()
    const elsewhere = await post('/api/v1/queues/event/move', { id: ids[0], position: 0 })
    expect(elsewhere).toMatchObject({ status: 409, body: { code: 'conflict' } })
    await runtime.cancel(ids[0])
    const ended = await post('/api/v1/queues/main/priority', { id: ids[0], priority: 1 })
    expect(ended.status).toBe(409)
    const unknown = await post('/api/v1/queues/main/move', { id: 'nobody', position: 0 })
    expect(unknown.status).toBe(404)
  })

  it.each(['', '/pause', '/resume', '/clear'])(
    'are not found under a wrong name: %s',
    async (what) => {
      const { call } = await start()
      const answer = await call(what === '' ? 'GET' : 'POST', `/api/v1/queues/mian${what}`)
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
    },
  )
})
