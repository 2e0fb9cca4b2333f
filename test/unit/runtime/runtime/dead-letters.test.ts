import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { STORES } from '../../../support/stores.ts'

const NO_WAIT = { type: 'fixed', delay: 0 }

describe.each(STORES)('dead letters on the %s store', (_, makeStore) => {
  it('keep the error of every attempt, and run again with all their attempts', async () => {
    let broken = true
    const run = ({ attempt }: TaskContext) => {
      if (broken) throw new Error(`broken ${attempt}`)
      return `done at attempt ${attempt}`
    }
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: '1s' } }
    const { runtime, clock, events } = await startRuntime(
      planOf({ task: { retry, run } }),
      {},
      makeStore(),
    )
    const start = clock.now()
    const first = await runtime.submit('plan/task', { piece: 'A1' }, { tags: ['a'] })
    const failed = expect(first.result()).rejects.toMatchObject({ kind: 'error' })
    await clock.advance('1s')
    await failed
    expect((await runtime.deadLetters.list()).items).toMatchObject([
      {
        id: first.id,
        failures: [
          { attempt: 1, at: start, error: { kind: 'error', message: 'broken 1' } },
          { attempt: 2, at: start + 1000, error: { kind: 'error', message: 'broken 2' } },
        ],
      },
    ])

    broken = false
    const again = await runtime.retry(first.id)
    expect(again.id).not.toBe(first.id)
    expect(await again.result()).toBe('done at attempt 1')
    expect(await runtime.get(again.id)).toMatchObject({
      replayOf: first.id,
      input: { piece: 'A1' },
      tags: ['a'],
      source: 'manual',
      failures: [],
    })
    expect(await runtime.get(first.id)).toMatchObject({ status: 'failed', replayedBy: again.id })
    expect((await runtime.deadLetters.list()).items).toEqual([])
    expect(events.filter(({ name }) => name === 'tasklet.completed')).toHaveLength(1)
    await expect(runtime.retry(first.id)).rejects.toThrow(`was replayed already, by ${again.id}`)
    await expect(runtime.retry(again.id)).rejects.toThrow('is no dead letter: it is completed')
    await expect(runtime.retry('nobody')).rejects.toThrow('there is no tasklet nobody')
  })

  it('hold what was started too often without an outcome, by kind poison', async () => {
    const { runtime, clock, events } = await startRuntime(
      planOf({ scan: { external: true, retry: { attempts: 2, backoff: NO_WAIT } } }),
      { lease: { maxDeliveries: 2 } },
      makeStore(),
    )
    const { id } = await runtime.submit('plan/scan')
    const [refused] = await runtime.pull()
    await refused?.nack(new Error('smudged'))
    await clock.advance(0)
    // From here on, consumers take it and are never heard of again.
    for (const deliveries of [2, 3]) {
      const [item] = await runtime.pull({ lease: '30s' })
      expect(item?.tasklet).toMatchObject({ id, deliveries, attempts: 1 })
      await clock.advance('30s')
    }
    const letter = await runtime.deadLetters.show(id)
    expect(letter).toMatchObject({ status: 'failed', deliveries: 3, error: { kind: 'poison' } })
    expect(letter.failures).toMatchObject([{ attempt: 1, error: { message: 'smudged' } }])
    expect(events.filter(({ name }) => name === 'tasklet.failed')).toMatchObject([
      { data: { tasklet: { id } } },
    ])
  })

  it('hold what was not started in time, by kind expired, and whoever waits is told', async () => {
    const { runtime, clock } = await startRuntime(planOf({ task: () => 'ran' }), {}, makeStore())
    await runtime.queue('main').pause()
    const tasklet = await runtime.submit('plan/task', undefined, { expiresAfter: '5s' })
    const expired = expect(tasklet.result()).rejects.toMatchObject({ kind: 'expired' })
    await clock.advance(4999)
    expect(await tasklet.status()).toBe('pending')
    await clock.advance(1)
    await expired
    const letter = await runtime.deadLetters.show(tasklet.id)
    expect(letter).toMatchObject({
      status: 'failed',
      error: { kind: 'expired' },
      deliveries: 0,
      attempts: 0,
      failures: [],
    })
    await runtime.queue('main').resume()
    expect(await (await runtime.retry(tasklet.id)).result()).toBe('ran')
  })
})
