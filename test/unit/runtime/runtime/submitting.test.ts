import { describe, expect, it } from 'vitest'
import type { Store } from '../../../../src/ports/store.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** Does at once what it is asked, and says so only when it is let go. */
function slowToAnswer(method: 'insert' | 'settle') {
  const store = memoryStore()
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>()
  const doAtOnce: (...given: never[]) => Promise<unknown> = store[method].bind(store)
  const slow = async (...given: never[]) => {
    const answer = await doAtOnce(...given)
    await letGo
    return answer
  }
  // The store's own method under its own type; only the time of the answer differs.
  Object.assign(store, { [method]: slow } as Partial<Store>)
  return { store, release }
}

describe('submitting', () => {
  it('asks for the work together with storing it, not a commit later', async () => {
    const { store, release } = slowToAnswer('insert')
    const started: unknown[] = []
    const plan = planOf({ task: ({ input }: { input: unknown }) => started.push(input) })
    const { runtime } = await startRuntime(plan, {}, store)
    const submitting = runtime.submit('plan/task', 'a')
    await allDone()
    expect(started).toEqual(['a'])
    release()
    // It has ended before its submitter heard that it was stored.
    expect(await (await submitting).result()).toBe(1)
  })

  it('asks for the next work together with settling the last, not a commit later', async () => {
    const { store, release } = slowToAnswer('settle')
    const started: unknown[] = []
    const plan = planOf({ task: ({ input }: { input: unknown }) => started.push(input) })
    const queues = { main: { concurrency: 1 } }
    const { runtime } = await startRuntime(plan, { queues }, store)
    const handles = await Promise.all(
      ['a', 'b', 'c'].map((one) => runtime.submit('plan/task', one)),
    )
    await allDone()
    // The third waits: one settlement at a time is unwritten while its slot is free again.
    expect(started).toEqual(['a', 'b'])
    release()
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual([1, 2, 3])
  })

  it('gives the output of what ends at once, from a queue with a size and from a batch', async () => {
    const plan = planOf({ task: ({ input }: { input: unknown }) => input })
    const { runtime } = await startRuntime(plan, { queues: { main: { maxSize: 5 } } })
    const single = await runtime.submit('plan/task', 'one')
    expect(await single.result()).toBe('one')
    const batch = await runtime.submitBatch([{ key: 'a', task: 'plan/task', input: 'two' }])
    expect(await batch['a']?.result()).toBe('two')
  })

  it('returns the first record for an idempotency key that was used', async () => {
    let runs = 0
    const plan = planOf({ task: () => ++runs, other: () => 'other' })
    const { runtime } = await startRuntime(plan)
    const first = await runtime.submit('plan/task', 1, { idempotencyKey: 'k' })
    const second = await runtime.submit('plan/task', 2, { idempotencyKey: 'k' })
    expect(second).toMatchObject({ id: first.id, created: false, reason: 'idempotency-key' })
    expect(await second.result()).toBe(1)
    expect(await runtime.call('plan/other', 1, { idempotencyKey: 'k' })).toBe('other')
    expect(runs).toBe(1)
  })

  it.each([
    ['an unknown plan', 'nope/task', /no plan "nope"; the plans: plan/],
    ['an unknown task', 'plan/nope', /no task "nope"; its tasks: task/],
    ['a name without a plan', 'task', /not of the form plan\/task/],
  ])('refuses %s and says what there is', async (_, name, message) => {
    const { runtime } = await startRuntime(planOf({ task: () => 1 }))
    await expect(runtime.submit(name)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(message),
    })
  })

  it('refuses a queue that nobody serves, instead of keeping the work for ever', async () => {
    const { runtime, events } = await startRuntime(planOf({ task: () => 1 }))
    await expect(runtime.submit('plan/task', 1, { queue: 'nobody' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await allDone()
    expect(events.map(({ name }) => name)).not.toContain('runtime.failed')
  })
})
