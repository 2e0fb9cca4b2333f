import { describe, expect, it } from 'vitest'
import { startGateway } from '../../../support/checked-gateway.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { planOf } from '../../../support/runtimes.ts'

async function start(options = {}) {
  const kiln = makeKiln()
  return { ...(await startGateway(kiln.plan, options)), kiln }
}

describe('plans', () => {
  it('are listed', async () => {
    const { get } = await start()
    const { body } = await get('/api/v1/plans')
    expect(body).toMatchObject({
      items: [{ name: 'kiln', states: ['cold', 'warm', 'hot', 'lost'] }],
    })
  })

  it('show their tasks and what is believed of their world', async () => {
    const { get, runtime } = await start()
    await runtime.plan('kiln').state()
    const { body } = await get('/api/v1/plans/kiln')
    expect(body).toMatchObject({ name: 'kiln', resources: { door: 1 } })
    expect((body as { tasks: { name: string }[] }).tasks.map(({ name }) => name)).toContain('heat')
  })

  it('give their machine in every format', async () => {
    const { get } = await start()
    const machine = '/api/v1/plans/kiln/machine'
    expect((await get(machine)).body).toMatchObject({ id: 'kiln', initial: 'cold' })
    expect((await get(`${machine}?format=mermaid`)).body).toContain('stateDiagram')
    expect((await get(`${machine}?format=ts`)).body).toContain('export const')
    expect((await get(`${machine}?format=svg`)).status).toBe(400)
  })

  it('find a path, from where the world is or from a given state', async () => {
    const { get } = await start()
    const path = '/api/v1/plans/kiln/path'
    expect((await get(`${path}?to=hot`)).body).toMatchObject({
      outcome: 'reachable',
      cost: 2,
      path: [{ task: 'warm' }, { task: 'heat' }],
    })
    expect((await get(`${path}?to=cold&from=hot`)).body).toMatchObject({ path: [{ task: 'cool' }] })
    expect((await get(`${path}?to=lost`)).body).toMatchObject({ outcome: 'unreachable' })
  })

  it('find a path from states that are active together, and say where one begins', async () => {
    const { get } = await start()
    const path = '/api/v1/plans/kiln/path'
    expect((await get(`${path}?to=hot`)).body).toMatchObject({ from: ['cold'] })
    const both = await get(`${path}?to=hot&from=warm&from=warm`)
    expect(both.body).toMatchObject({ from: ['warm', 'warm'], path: [{ task: 'heat' }] })
    expect((await get(`${path}?to=hot&from=warm&from=hott`)).status).toBe(400)
  })

  it('say what each check said when none says where the world is', async () => {
    const { get, kiln } = await start()
    kiln.at = 'nowhere' as never
    const { status, body } = await get('/api/v1/plans/kiln/path?to=hot')
    expect(status).toBe(200)
    expect(body).toMatchObject({ outcome: 'undetectable', message: expect.any(String) })
    expect(body).toHaveProperty('evidence', [
      expect.objectContaining({ state: 'cold', answer: false }),
      expect.objectContaining({ state: 'warm', answer: false }),
      expect.objectContaining({ state: 'hot', answer: false }),
      expect.objectContaining({ state: 'lost', answer: false }),
    ])
  })

  it('refuse a path to no state or to one that they do not have', async () => {
    const { get } = await start()
    expect((await get('/api/v1/plans/kiln/path')).body).toMatchObject({
      code: 'invalid_input',
      errors: [{ in: 'query', path: 'to' }],
    })
    expect((await get('/api/v1/plans/kiln/path?to=hott')).status).toBe(400)
  })

  it('hear what happened outside', async () => {
    const { post, runtime } = await start()
    await runtime.plan('kiln').state()
    const { status, body } = await post('/api/v1/plans/kiln/events', { type: 'WARM' })
    expect({ status, body }).toMatchObject({ status: 200, body: { belief: { states: ['warm'] } } })
    expect((await post('/api/v1/plans/kiln/events', { type: 'MELT' })).status).toBe(400)
    expect((await post('/api/v1/plans/kiln/events', {})).status).toBe(400)
  })

  it('bring their world into a state', async () => {
    const { post, runtime, clock, kiln } = await start()
    const { status, body } = await post('/api/v1/plans/kiln/go-to', { state: 'hot' })
    expect(status).toBe(202)
    await clock.advance('1m')
    await runtime.handle((body as { id: string }).id).result()
    expect(kiln.at).toBe('hot')
  })

  it('are told at once that the queue is full', async () => {
    const { post, runtime } = await start({ queues: { main: { maxSize: 1 } } })
    await runtime.queue('main').pause()
    await runtime.plan('kiln').goTo('hot')
    const { status, body, headers } = await post('/api/v1/plans/kiln/go-to', { state: 'hot' })
    expect(status).toBe(429)
    expect(body).toMatchObject({ code: 'queue_full' })
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
  })

  it('are not found under a wrong name, and the nearest is named', async () => {
    const { call } = await start()
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/machine'],
      ['GET', '/path?to=hot'],
    ] as const) {
      const answer = await call(method, `/api/v1/plans/kilm${path}`)
      expect(answer).toMatchObject({ status: 404, body: { errors: [{ suggestion: 'kiln' }] } })
    }
  })

  it('without a machine say so', async () => {
    const { get, post } = await startGateway(planOf({ quick: () => 1 }))
    expect((await get('/api/v1/plans/plan')).status).toBe(200)
    expect((await get('/api/v1/plans/plan/machine')).status).toBe(404)
    expect((await get('/api/v1/plans/plan/path?to=x')).status).toBe(404)
    expect((await post('/api/v1/plans/plan/go-to', { state: 'x' })).status).toBe(404)
  })
})
