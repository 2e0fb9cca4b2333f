import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/model.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { makeRuntime, planOf, startRuntime } from '../../../support/runtimes.ts'
import { watchedStore } from '../../../support/watched-store.ts'

const untilAborted = ({ signal }: TaskContext) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

/** How a promise stands once everything that can happen has happened. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending'
  promise.then(
    () => {
      state = 'resolved'
    },
    () => {
      state = 'rejected'
    },
  )
  await allDone()
  return state
}

const nameOf = ({ name }: { name: string }) => name
const plan = planOf({ task: () => 'out' })

describe('the life of a runtime', () => {
  it('goes from created over running to stopped, and says so', async () => {
    const { runtime, events, clock } = makeRuntime(plan)
    expect(runtime.status).toBe('created')
    const starting = runtime.start()
    expect(runtime.status).toBe('starting')
    await starting
    expect(runtime.status).toBe('running')
    const stopping = runtime.stop()
    expect(runtime.status).toBe('stopping')
    await stopping
    expect(runtime.status).toBe('stopped')
    expect(events.map(nameOf)).toEqual(['runtime.started', 'runtime.stopped'])
    expect(clock.pending).toBe(0)
  })

  it('takes work only while it runs', async () => {
    const { runtime } = makeRuntime(plan)
    const refused = { code: 'lifecycle' }
    await expect(runtime.submit('plan/task')).rejects.toMatchObject(refused)
    await runtime.start()
    const stopping = runtime.stop()
    await expect(runtime.submit('plan/task')).rejects.toMatchObject(refused)
    await stopping
    await expect(runtime.submit('plan/task')).rejects.toMatchObject(refused)
  })

  it('starts once', async () => {
    const { runtime } = await startRuntime(plan)
    await expect(runtime.start()).rejects.toMatchObject({ code: 'lifecycle' })
    await runtime.stop()
    await expect(runtime.start()).rejects.toMatchObject({ code: 'lifecycle' })
  })

  it('stops twice without harm, and also when it never started', async () => {
    const { runtime } = await startRuntime(plan)
    await Promise.all([runtime.stop(), runtime.stop()])
    await runtime.stop()
    const { runtime: idle } = makeRuntime(plan)
    await idle.stop()
    expect(idle.status).toBe('stopped')
  })

  it('stops when it is told to while it starts', async () => {
    const { runtime } = makeRuntime(plan)
    const starting = runtime.start()
    const stopping = runtime.stop()
    await Promise.allSettled([starting])
    expect(await stateOf(stopping)).toBe('resolved')
    expect(runtime.status).toBe('stopped')
  })

  it('runs on when a drain time is no duration', async () => {
    const { runtime } = await startRuntime(plan)
    await expect(runtime.stop({ drain: 'soon' })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await runtime.call('plan/task')).toBe('out')
  })

  it('does not start on a store that does not open, and says why', async () => {
    const { store, fail } = watchedStore()
    fail('open', 1)
    const { runtime, events } = makeRuntime(plan, {}, store)
    await expect(runtime.start()).rejects.toThrow('the store failed to open')
    await runtime.stop()
    expect(runtime.status).toBe('failed')
    expect(events.map(nameOf)).toEqual(['runtime.failed'])
  })

  it('runs what an earlier runtime has left in the store', async () => {
    const store = memoryStore()
    const first = await startRuntime(plan, {}, store)
    const tasklet = await first.runtime.submit('plan/task', 1, { delay: '1h' })
    await first.runtime.stop()
    const { runtime, clock } = await startRuntime(plan, {}, store)
    await clock.advance('1h')
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'completed', output: 'out' })
  })

  it('leaves work in queues and of plans that it does not know alone, and lives', async () => {
    const { runtime, store, clock, events } = await startRuntime(plan)
    const notBefore = clock.now() + 1000
    const foreign = [
      newTasklet({ queue: 'elsewhere', status: 'scheduled', notBefore }),
      newTasklet({ plan: 'elsewhere', status: 'scheduled', notBefore }),
    ]
    await store.insert(foreign)
    await runtime.submit('plan/task', 1, { delay: 1000 })
    await clock.advance('1m')
    expect(events.map(nameOf)).not.toContain('runtime.failed')
    expect(runtime.status).toBe('running')
    for (const { id } of foreign) expect(await runtime.get(id)).toMatchObject({ status: 'pending' })
    expect(await runtime.call('plan/task')).toBe('out')
  })
})

describe('stopping', () => {
  it('lets running work end within the drain time, and starts nothing new', async () => {
    const gate = Promise.withResolvers<string>()
    const store = memoryStore()
    const { runtime, clock } = await startRuntime(
      planOf({ task: () => gate.promise }),
      { concurrency: 1 },
      store,
    )
    const [running, waiting] = [
      await runtime.submit('plan/task'),
      await runtime.submit('plan/task'),
    ]
    const result = running.result()
    await allDone()
    const stopping = runtime.stop({ drain: '30s' })
    await clock.advance('29s')
    expect(runtime.status).toBe('stopping')
    gate.resolve('done')
    await stopping
    expect(await result).toBe('done')
    await store.open()
    expect(await store.get(waiting.id)).toMatchObject({ status: 'pending', deliveries: 0 })
    expect(clock.pending).toBe(0)
  })

  it('tells work to stop after the drain time and gives it back, its attempt with it', async () => {
    const store = memoryStore()
    const { runtime, clock } = await startRuntime(planOf({ task: untilAborted }), {}, store)
    const tasklet = await runtime.submit('plan/task')
    const stopping = runtime.stop({ drain: '30s' })
    await clock.advance(29_999)
    expect(runtime.status).toBe('stopping')
    await clock.advance(1)
    await stopping
    await store.open()
    expect(await store.get(tasklet.id)).toMatchObject({
      status: 'pending',
      attempts: 0,
      lease: undefined,
      error: undefined,
    })
  })

  it('keeps the output of work that finishes although it was told to stop', async () => {
    const store = memoryStore()
    const run = ({ signal }: TaskContext) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('finished')))
    const { runtime } = await startRuntime(planOf({ task: run }), {}, store)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    await runtime.stop()
    await store.open()
    expect(await store.get(tasklet.id)).toMatchObject({ status: 'completed', output: 'finished' })
  })

  it('does not wait for deaf work longer than its grace', async () => {
    const store = memoryStore()
    const deaf = planOf({ task: () => new Promise(() => {}) })
    const { runtime, clock } = await startRuntime(deaf, { grace: 1000 }, store)
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    const stopping = runtime.stop()
    await clock.advance(1000)
    await stopping
    await store.open()
    expect(await store.get(tasklet.id)).toMatchObject({ status: 'pending', attempts: 0 })
  })

  it('tells those who wait for a result that was given back', async () => {
    const { runtime } = await startRuntime(planOf({ task: untilAborted }))
    const tasklet = await runtime.submit('plan/task')
    const given = expect(tasklet.result()).rejects.toMatchObject({ code: 'lifecycle' })
    await allDone()
    await runtime.stop()
    await given
  })

  it('leaves no timer behind, whatever was under way', async () => {
    const retry = { attempts: 9 }
    const tasks = planOf({
      fails: { retry, run: () => Promise.reject(new Error('broken')) },
      slow: { timeout: '1h', run: untilAborted },
    })
    const { runtime, clock } = await startRuntime(tasks)
    await runtime.submit('plan/fails')
    await runtime.submit('plan/slow')
    await runtime.submit('plan/slow', 1, { delay: '1d' })
    await allDone()
    await runtime.stop()
    await allDone()
    expect(clock.pending).toBe(0)
  })
})

describe('a runtime in trouble', () => {
  it('goes on claiming after the store has refused a claim', async () => {
    const { store, fail } = watchedStore()
    const { runtime, clock, events } = await startRuntime(plan, {}, store)
    fail('claim', 2)
    const tasklet = await runtime.submit('plan/task')
    await clock.advance('2s')
    expect(await tasklet.status()).toBe('completed')
    expect(events.filter(({ name }) => name === 'store.failed')).toHaveLength(2)
  })

  it('settles once the store takes it again, and runs nothing twice', async () => {
    let runs = 0
    const { store, fail } = watchedStore()
    const counting = planOf({ task: () => ++runs })
    const { runtime, clock } = await startRuntime(counting, {}, store)
    fail('settle', 20)
    const tasklet = await runtime.submit('plan/task')
    await clock.advance('1m')
    expect(await tasklet.result()).toBe(1)
    expect(await runtime.get(tasklet.id)).toMatchObject({ deliveries: 1 })
  })

  it('refuses a submission that the store cannot keep, and harms no other', async () => {
    const { runtime } = await startRuntime(plan)
    const [bad, good] = [runtime.submit('plan/task', 1n), runtime.submit('plan/task', 1)]
    await expect(bad).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await (await good).result()).toBe('out')
  })

  it('starts an effect that crashed again, and loses no work', async () => {
    class BrokenClock extends ManualClock {
      broken = 0
      override setTimer(at: number, fn: () => void): () => void {
        // The wait after a refused claim is the only timer of exactly this length.
        if (this.broken > 0 && at === this.now() + 1000) {
          this.broken -= 1
          throw new Error('no timer')
        }
        return super.setTimer(at, fn)
      }
    }
    const clock = new BrokenClock()
    const { store, fail } = watchedStore()
    const { runtime, events } = await startRuntime(plan, {}, store, clock)
    clock.broken = 1
    fail('claim', 1)
    const tasklet = await runtime.submit('plan/task')
    const other = await runtime.submit('plan/task')
    await clock.advance('1m')
    expect(events.filter(({ name }) => name === 'actor.restarted')).toMatchObject([
      { data: { id: 'queue:main' } },
    ])
    expect(runtime.status).toBe('running')
    expect([await tasklet.status(), await other.status()]).toEqual(['completed', 'completed'])
  })

  it('ends in the open when a resident crashes too often', async () => {
    class BrokenClock extends ManualClock {
      override setTimer(at: number, fn: () => void): () => void {
        if (at === this.now() + 1000) throw new Error('no timer')
        return super.setTimer(at, fn)
      }
    }
    const { store, fail } = watchedStore()
    const clock = new BrokenClock()
    const { runtime, events, log } = await startRuntime(plan, {}, store, clock)
    fail('claim', 1000)
    const tasklet = await runtime.submit('plan/task')
    const told = expect(tasklet.result()).rejects.toMatchObject({ code: 'lifecycle' })
    await clock.advance('1m')
    await told
    expect(runtime.status).toBe('failed')
    expect(events.map(nameOf)).toContain('runtime.failed')
    expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error' }))
    await expect(runtime.submit('plan/task')).rejects.toMatchObject({ code: 'lifecycle' })
  })

  it('does not settle under a lease that it has lost', async () => {
    const gate = Promise.withResolvers<string>()
    const { runtime, store, clock, events } = await startRuntime(
      planOf({ task: () => gate.promise }),
      { concurrency: 1 },
    )
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    await store.rescue({ now: clock.now() + 60_000, deadOwners: [], maxDeliveries: 3 })
    const [taken] = await store.claim({
      queue: 'main',
      owner: 'other',
      limit: 1,
      now: clock.now(),
      leaseUntil: clock.now() + 60_000,
      skipTasks: [],
      knownPlans: ['plan'],
    })
    gate.resolve('stale')
    await allDone()
    expect(events.filter(({ name }) => name === 'lease.lost')).toMatchObject([
      { data: { taskletId: tasklet.id, holder: 'other' } },
    ])
    expect(await runtime.get(tasklet.id)).toMatchObject({
      status: 'running',
      output: undefined,
      lease: taken?.lease,
    })
  })
})
