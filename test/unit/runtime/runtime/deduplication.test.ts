import { describe, expect, it } from 'vitest'
import type { TaskContext } from '../../../../src/plan/handler.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** Notes the inputs that ran; `gate` holds a run back. */
function makePlan() {
  const seen: unknown[] = []
  const gate = Promise.withResolvers<void>()
  const plan = planOf({
    note: ({ input }: TaskContext) => void seen.push(input),
    hold: ({ input }: TaskContext) => {
      seen.push(input)
      return gate.promise
    },
  })
  return { plan, seen, gate }
}

describe('a submission with a key', () => {
  it('that is throttled runs once a period', async () => {
    const { plan, seen } = makePlan()
    const { runtime, clock } = await startRuntime(plan)
    const throttle = { key: 'k', period: '1m' } as const
    const first = await runtime.submit('plan/note', 1, { throttle })
    await allDone()
    const second = await runtime.submit('plan/note', 2, { throttle })
    expect(second).toMatchObject({ id: first.id, created: false, reason: 'throttled' })
    await clock.advance('1m')
    expect(await runtime.submit('plan/note', 3, { throttle })).toMatchObject({ created: true })
    await allDone()
    expect(seen).toEqual([1, 3])
  })

  it('that is debounced runs after the last of them, with its input', async () => {
    const { plan, seen } = makePlan()
    const { runtime, clock } = await startRuntime(plan)
    const debounce = { key: 'k', period: '1m' } as const
    const first = await runtime.submit('plan/note', 1, { debounce })
    await clock.advance('59s')
    const second = await runtime.submit('plan/note', 2, { debounce })
    expect(second).toMatchObject({ id: first.id, created: false, reason: 'debounced' })
    await clock.advance('59s')
    expect(seen).toEqual([])
    await clock.advance('1s')
    expect(seen).toEqual([2])
  })

  it('that keeps the last runs once more after the one that runs already', async () => {
    const { plan, seen, gate } = makePlan()
    const { runtime } = await startRuntime(plan)
    const unique = { key: 'k', keepLast: true } as const
    await runtime.submit('plan/hold', 1, { unique })
    await allDone()
    const second = await runtime.submit('plan/hold', 2, { unique })
    const third = await runtime.submit('plan/hold', 3, { unique })
    expect([second.created, third.created, third.reason]).toEqual([true, false, 'replaced'])
    gate.resolve()
    await third.result()
    expect(seen).toEqual([1, 3])
  })
})
