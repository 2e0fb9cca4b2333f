import { describe, expect, it } from 'vitest'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

describe('submitting', () => {
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
