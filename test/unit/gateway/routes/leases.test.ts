import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startGateway } from '../../../support/checked-gateway.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf } from '../../../support/runtimes.ts'

const TASKS = {
  weigh: {
    external: true,
    output: z.object({ grams: z.number() }),
    retry: { attempts: 2, backoff: { type: 'fixed', delay: '1s' } },
  },
}

interface Leased {
  readonly token: string
  readonly until: number
  readonly tasklet: { readonly id: string }
}

async function start() {
  const gateway = await startGateway(planOf(TASKS))
  const pull = async (body: object) => {
    const answer = await gateway.post('/api/v1/leases', body)
    return (answer.body as { items: readonly Leased[] }).items
  }
  const lease = async () => {
    const { id } = await gateway.runtime.submit('plan/weigh')
    const [item] = await pull({ lease: '1m' })
    if (item === undefined) throw new Error('nothing was leased')
    return { id, item, path: `/api/v1/leases/${item.token}` }
  }
  return { ...gateway, pull, lease }
}

describe('pulling leases', () => {
  it('gives the work, its token and the end of the lease', async () => {
    const { runtime, clock, pull } = await start()
    const { id } = await runtime.submit('plan/weigh')
    const items = await pull({ task: 'plan/weigh', lease: '1m', consumer: 'robot' })
    expect(items).toMatchObject([
      { until: clock.now() + 60_000, tasklet: { id, lease: { owner: 'pull/robot' } } },
    ])
  })

  it('waits for work that comes', async () => {
    const { runtime, pull } = await start()
    const pulling = pull({ wait: '30s' })
    await allDone()
    const { id } = await runtime.submit('plan/weigh')
    expect(await pulling).toMatchObject([{ tasklet: { id } }])
  })

  it('gives an empty list when no work has come in time, and at once with a wait of 0', async () => {
    const { clock, pull } = await start()
    const pulling = pull({ wait: '5s' })
    await clock.advance('5s')
    expect(await pulling).toEqual([])
    expect(await pull({ wait: 0 })).toEqual([])
  })

  it.each([
    [{ limit: 0 }],
    [{ limit: 101 }],
    [{ wait: '61s' }],
    [{ lease: 'long' }],
    [{ quue: 'main' }],
    [{ queue: 'nowhere' }],
    [{ task: 'plan/nothing' }],
  ])('refuses %j', async (body) => {
    const { post } = await start()
    expect((await post('/api/v1/leases', body)).status).toBe(400)
  })

  it('answers 503 to those who wait while the runtime stops', async () => {
    const { runtime, clock, post } = await start()
    const pulling = post('/api/v1/leases', { wait: '30s' })
    await allDone()
    const stopping = runtime.stop()
    await clock.advance('1m')
    expect(await pulling).toMatchObject({ status: 503, body: { code: 'lifecycle' } })
    await stopping
  })
})

describe('a lease', () => {
  it('ends with an acknowledgement, whose output is kept', async () => {
    const { post, runtime, lease } = await start()
    const { id, path } = await lease()
    const { status, body } = await post(`${path}/ack`, { output: { grams: 12 } })
    expect({ status, body }).toMatchObject({ status: 200, body: { id, status: 'completed' } })
    expect(await runtime.handle(id).result()).toEqual({ grams: 12 })
  })

  it('stands when its task refuses the output', async () => {
    const { post, runtime, lease } = await start()
    const { id, path } = await lease()
    expect((await post(`${path}/ack`, { output: 'much' })).status).toBe(400)
    expect(await runtime.get(id)).toMatchObject({ status: 'running' })
  })

  it('ends with a refusal, which waits as long as it says', async () => {
    const { post, clock, lease } = await start()
    const { path } = await lease()
    const { body } = await post(`${path}/nack`, { error: 'no scales', retryAfter: '5m' })
    expect(body).toMatchObject({
      status: 'retrying',
      notBefore: clock.now() + 300_000,
      failures: [{ error: { kind: 'error', message: 'no scales' } }],
    })
  })

  it('ends in the dead letters when trying again cannot help', async () => {
    const { post, lease } = await start()
    const { path } = await lease()
    const { body } = await post(`${path}/nack`, { error: 'it broke', fatal: true })
    expect(body).toMatchObject({ status: 'failed', error: { message: 'it broke' } })
    expect((body as { error: { stack?: string } }).error.stack).toBeUndefined()
  })

  it('is extended from now on, and hears that the work should stop', async () => {
    const { post, clock, runtime, lease } = await start()
    const { id, path } = await lease()
    await runtime.cancel(id, 'not needed')
    const { body } = await post(`${path}/extend`, { lease: '10m' })
    expect(body).toEqual({ until: clock.now() + 600_000, cancelRequested: 'not needed' })
  })

  it.each(['ack', 'nack', 'extend'])('that has ended refuses %s with 409', async (what) => {
    const { post, clock, lease } = await start()
    const { path } = await lease()
    await clock.advance('2m')
    const body = what === 'extend' ? { lease: '1m' } : undefined
    const answer = await post(`${path}/${what}`, body)
    expect(answer).toMatchObject({ status: 409, body: { code: 'lease_lost' } })
  })

  it('is not found under a token that names none', async () => {
    const { post } = await start()
    expect((await post('/api/v1/leases/nonsense/ack')).status).toBe(404)
  })
})
