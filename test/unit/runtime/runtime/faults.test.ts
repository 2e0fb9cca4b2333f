import { describe, expect, it } from 'vitest'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { watchedStore } from '../../../support/watched-store.ts'

const nameOf = ({ name }: { name: string }) => name
const plan = planOf({ task: () => 'out' })

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

  it('leaves no timer behind when it stops while it waits to claim again', async () => {
    const { store, fail } = watchedStore()
    const { runtime, clock } = await startRuntime(plan, {}, store)
    fail('claim', 1)
    await runtime.submit('plan/task')
    await allDone()
    await runtime.stop()
    await allDone()
    expect(clock.pending).toBe(0)
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

  it('gives the work of a crashed execution manager to the one that takes its place', async () => {
    const gate = Promise.withResolvers<string>()
    let runs = 0
    const task = () => {
      runs += 1
      return runs === 1 ? gate.promise : 'again'
    }
    const { runtime, clock, events } = await startRuntime(
      planOf({ task: { retry: { attempts: 2 }, run: task } }),
    )
    const tasklet = await runtime.submit('plan/task')
    await allDone()
    // The event lacks what the machine needs, so its effect throws.
    runtime.actor.send({ type: 'tasklets.claimed', queue: 'main' } as never)
    await clock.advance('1s')
    expect(events.filter(({ name }) => name === 'actor.restarted')).toMatchObject([
      { data: { id: 'execution' } },
    ])
    gate.reject(new Error('first'))
    await clock.advance('1m')
    expect(await tasklet.result()).toBe('again')
    expect(runtime.status).toBe('running')
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
