import { describe, expect, it } from 'vitest'
import { startGateway } from '../../../support/checked-gateway.ts'
import { planOf } from '../../../support/runtimes.ts'

const SETTINGS = {
  schedules: {
    nightly: { task: 'quick', cron: '0 3 * * *', timezone: 'Europe/Berlin' },
    paid: { task: 'quick', on: 'order.paid' },
  },
  interrupts: { fire: { on: 'alarm', run: 'quick' } },
}

const start = (options = {}) => startGateway(planOf({ quick: () => 1 }, SETTINGS), options)

describe('schedules', () => {
  it('are listed with what their plan says of them', async () => {
    const { get } = await start()
    const { body } = await get('/api/v1/schedules')
    expect(body).toMatchObject({
      items: [
        { id: 'plan/nightly', task: 'plan/quick', zone: 'Europe/Berlin', enabled: true },
        { id: 'plan/paid' },
      ],
    })
  })

  it.each(['plan/nightly', 'plan%2Fnightly'])('run now, as %s', async (id) => {
    const { post, runtime } = await start()
    const { status, body } = await post(`/api/v1/schedules/${id}/run`)
    expect(status).toBe(202)
    expect(await runtime.handle((body as { id: string }).id).result()).toBe(1)
  })

  it('are refused at once when the queue is full', async () => {
    const { post, runtime } = await start({ queues: { main: { maxSize: 1 } } })
    await runtime.queue('main').pause()
    await runtime.submit('plan/quick')
    const { status, body, headers } = await post('/api/v1/schedules/plan/nightly/run')
    expect(status).toBe(429)
    expect(body).toMatchObject({ code: 'queue_full' })
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    expect((await runtime.list()).items).toHaveLength(1)
  })

  it('tell their next instants', async () => {
    const { get } = await start()
    const { body } = await get('/api/v1/schedules/plan/nightly/next?count=3')
    expect((body as { items: number[] }).items).toHaveLength(3)
    expect((await get('/api/v1/schedules/plan/paid/next')).body).toEqual({ items: [] })
  })

  it('are switched off and on', async () => {
    const { post } = await start()
    const path = '/api/v1/schedules/plan/nightly'
    expect((await post(`${path}/disable`)).body).toMatchObject({ enabled: false })
    expect((await post(`${path}/enable`)).body).toMatchObject({ enabled: true })
  })

  it.each(['run', 'enable', 'disable'])('are not found under a wrong name: %s', async (what) => {
    const { post } = await start()
    const answer = await post(`/api/v1/schedules/plan/nightli/${what}`)
    expect(answer).toMatchObject({
      status: 404,
      body: { errors: [{ suggestion: 'plan/nightly' }] },
    })
  })
})

describe('interrupts', () => {
  it('are listed with what their plan says of them', async () => {
    const { get } = await start()
    expect((await get('/api/v1/interrupts')).body).toMatchObject({
      items: [{ name: 'plan/fire', when: 'alarm', run: 'quick', enabled: true }],
    })
  })

  it('are switched off and on', async () => {
    const { post } = await start()
    const path = '/api/v1/interrupts/plan/fire'
    expect((await post(`${path}/disable`)).body).toMatchObject({ enabled: false })
    expect((await post(`${path}/enable`)).body).toMatchObject({ enabled: true })
  })

  it('are not found under a wrong name', async () => {
    const { post } = await start()
    const answer = await post('/api/v1/interrupts/plan/fyre/enable')
    expect(answer).toMatchObject({ status: 404, body: { errors: [{ suggestion: 'plan/fire' }] } })
  })
})

describe('events', () => {
  it('are told, and start what waits for them', async () => {
    const { post, runtime, clock, events } = await start()
    const { status } = await post('/api/v1/events', { name: 'order.paid', data: { total: 3 } })
    expect(status).toBe(202)
    await clock.advance(1)
    expect(events.find(({ name }) => name === 'order.paid')?.data).toEqual({ total: 3 })
    expect((await runtime.list()).items).toMatchObject([{ source: 'event' }])
  })

  it.each(['tasklet.completed', 'order.*', ''])('are refused under the name "%s"', async (name) => {
    const { post } = await start()
    expect((await post('/api/v1/events', { name })).status).toBe(400)
  })

  it('are streamed to who listens', async () => {
    const { app, runtime } = await start()
    const response = await app.request('http://localhost/api/v1/events?pattern=order.*')
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    await response.body?.cancel()
    expect(runtime.status).toBe('running')
  })
})

describe('waits', () => {
  it('are listed with the tasklet that waits', async () => {
    const steps = [{ waitFor: { event: 'order.paid', timeout: '1h' } }]
    const { get, runtime, clock } = await startGateway(planOf({ wait: { steps } }))
    const { id } = await runtime.submit('plan/wait')
    await clock.advance(1)
    const { body } = await get('/api/v1/waits')
    expect(body).toMatchObject({
      items: [{ taskletId: id, task: 'plan/wait', pattern: 'order.paid' }],
    })
    expect((await get('/api/v1/waits?tasklet=other')).body).toEqual({ items: [] })
  })
})

describe('stats', () => {
  it('count what is there and say how it flows', async () => {
    const { get, runtime } = await start()
    await runtime.call('plan/quick', undefined)
    const { status, body } = await get('/api/v1/stats?window=1h')
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { window: 3_600_000, counts: { completed: 1 }, health: { status: 'ok' } },
    })
  })

  it.each(['30s', '2d', 'soon'])('refuse a window of %s', async (window) => {
    const { get } = await start()
    expect((await get(`/api/v1/stats?window=${window}`)).status).toBe(400)
  })
})
