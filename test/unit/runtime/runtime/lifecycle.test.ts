import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { makeRuntime, planOf, startRuntime } from '../../../support/runtimes.ts'
import { watchedStore } from '../../../support/watched-store.ts'

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

  it('stops as often as it is told to, also when it never started', async () => {
    const { runtime } = await startRuntime(plan)
    await Promise.all([runtime.stop(), runtime.stop()])
    await runtime.stop()
    const { runtime: idle } = makeRuntime(plan)
    await idle.stop()
    expect(idle.status).toBe('stopped')
    expect(await stateOf(idle.stop())).toBe('resolved')
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
