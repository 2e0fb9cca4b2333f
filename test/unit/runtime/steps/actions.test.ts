import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { startSteps } from '../../../support/step-plans.ts'

const SOURCE = `${import.meta.dirname}/../../../../src`
const ACTIONS = `
import { z } from '${import.meta.dirname}/../../../../node_modules/zod/index.js'
import { FatalError, RetryLater } from '${SOURCE}/core/errors.ts'
import { defineAction } from '${SOURCE}/plan/tasks/action.ts'
export const pack = defineAction({
  input: z.object({ count: z.int().min(1), colour: z.string().default('red') }),
  output: z.object({ text: z.string() }),
  run: ({ input }) => ({ text: input.count > 9 ? input.count : input.count + ' ' + input.colour }),
})
export const charge = defineAction({
  idempotent: false,
  run: ({ input, emit, taskletId, signal }) => {
    emit('charged', input ?? null)
    if (input?.fail) throw new Error('no money')
    if (input?.later && !seen.has(taskletId)) { seen.add(taskletId); throw new RetryLater('5s') }
    if (!input?.hang) return 'receipt'
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  },
})
const seen = new Set()
export const failFirst = ({ attempt }) => { if (attempt < 3) throw new Error('not yet') }
export const give = ({ input }) => input ?? null
const runs = []
export const stepping = async ({ step, attempt, emit }) => {
  const value = await step('half', () => { emit('half', attempt); return attempt })
  if (attempt < 2) throw new Error('later')
  return value
}
`
const charges = (events: readonly RuntimeEvent[]) =>
  events.filter(({ name }) => name === 'charged').length
const start = (tasks: string) => startSteps(`tasks:\n${tasks}`, ACTIONS)

describe('An action with schemas', () => {
  it('is given its input with defaults, and gives what its schema makes of its output', async () => {
    const { runtime, clock } = await start(`
  job: { steps: [{ run: pack, with: { count: "\${{ input.n }}" } }] }`)
    const result = runtime.call('plan/job', { n: 2 })
    await clock.advance(0)
    expect(await result).toEqual({ text: '2 red' })
  })

  it('fails at once on an input that does not fit, and again and again on such an output', async () => {
    const { runtime, clock } = await start(`
  job: { retry: { attempts: 2, backoff: { type: fixed, delay: 1 } }, steps: [{ run: pack, with: { count: "\${{ input.n }}" } }] }`)
    const bad = await runtime.submit('plan/job', { n: 0 })
    const worse = await runtime.submit('plan/job', { n: 10 })
    await clock.advance('1m')
    expect(await runtime.get(bad.id)).toMatchObject({
      attempts: 1,
      error: { message: expect.stringContaining('input does not fit: count: ') },
    })
    expect(await runtime.get(worse.id)).toMatchObject({
      attempts: 2,
      error: { message: expect.stringContaining('output does not fit: text: ') },
    })
  })

  it('refuses a constant input that does not fit when the plan is loaded', async () => {
    await expect(start('\n  job: { steps: [{ run: pack, with: { count: 0 } }] }')).rejects.toThrow(
      /plan.yaml:5:\d+: .*does not take this input: count/,
    )
  })

  it('is what the task that only runs it takes when it says nothing itself', async () => {
    const { runtime, clock } = await start('\n  job: pack')
    await expect(runtime.submit('plan/job', { count: 'many' })).rejects.toThrow('count')
    const result = runtime.call('plan/job', { count: 1 })
    await clock.advance(0)
    expect(await result).toEqual({ text: '1 red' })
  })
})

describe('An action that is not idempotent', () => {
  it('is not run again by a new attempt: what it gave is given again', async () => {
    const { runtime, clock, events } = await start(`
  job:
    retry: { attempts: 3, backoff: { type: fixed, delay: 1s } }
    steps: [{ id: c, run: charge }, { sleep: 1s }, { id: f, task: sub, with: "\${{ attempt }}" }]
    output: \${{ steps.c.output }}
  sub: { steps: [{ if: "\${{ input < 3 }}", run: failFirst }] }`)
    const result = runtime.call('plan/job')
    for (let second = 0; second < 10; second += 1) await clock.advance('1s')
    expect(await result).toBe('receipt')
    expect(charges(events)).toBe(1)
  })

  it('is not run again by a retry of the sub-task that it is a step of', async () => {
    const { runtime, clock, events } = await start(`
  sub: { steps: [{ id: c, run: charge }, { if: "\${{ attempt < 2 }}", run: failFirst }], output: "\${{ steps.c.output }}" }
  job: { steps: [{ task: sub, retry: { attempts: 2, backoff: { type: fixed, delay: 1s } } }] }`)
    const result = runtime.call('plan/job')
    await clock.advance('1m')
    expect(await result).toBe('receipt')
    expect(charges(events)).toBe(1)
  })

  it('fails for good when it fails, with its own message', async () => {
    const { runtime, clock, events } = await start(`
  job: { retry: { attempts: 3 }, steps: [{ run: charge, with: { fail: true } }] }`)
    const job = await runtime.submit('plan/job')
    await clock.advance('1h')
    expect(await runtime.get(job.id)).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { message: expect.stringMatching(/^no money /), cause: { message: 'no money' } },
    })
    expect(charges(events)).toBe(1)
  })

  it('may put itself off, because then it knows that nothing has happened', async () => {
    const { runtime, clock, events } = await start(`
  job: { steps: [{ run: charge, with: { later: true } }] }`)
    const result = runtime.call('plan/job')
    await clock.advance('1m')
    expect(await result).toBe('receipt')
    expect(charges(events)).toBe(2)
  })

  it('is not run again where nobody knows whether it has happened', async () => {
    const { runtime, clock, events } = await start(`
  job: { timeout: 5s, retry: { attempts: 2, onPlanning: true, backoff: { type: fixed, delay: 1s } }, run: charge }`)
    const job = await runtime.submit('plan/job', { hang: true })
    await clock.advance('10s')
    await clock.advance('10s')
    expect(await runtime.get(job.id)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('was begun before') },
    })
    expect(charges(events)).toBe(1)
  })

  it('cannot be given a retry of its own', async () => {
    await expect(
      start('\n  job: { steps: [{ run: charge, retry: { attempts: 2 } }] }'),
    ).rejects.toThrow(/"charge" is not idempotent/)
  })

  it('may be run again by a replay, which somebody has decided', async () => {
    const { runtime, clock, events } = await start(`
  job: { steps: [{ run: charge, with: { fail: "\${{ plan.name == 'plan' }}" } }] }`)
    const job = await runtime.submit('plan/job')
    await clock.advance(0)
    await runtime.deadLetters.replay([job.id])
    await clock.advance(0)
    expect(charges(events)).toBe(2)
  })
})

it('What a handler keeps with step() is not done again by a retry of its step.', async () => {
  const clock = new ManualClock()
  const { runtime, events } = await startSteps(
    `tasks:
  job: { steps: [{ run: stepping, retry: { attempts: 2, backoff: { type: fixed, delay: 1s } } }] }`,
    ACTIONS,
    {},
    sqliteStore(newDatabaseFile()),
    clock,
  )
  const job = await runtime.submit('plan/job')
  for (let turn = 0; turn < 10; turn += 1) await clock.advance('1s')
  expect(await job.result()).toBe(1)
  expect(events.filter(({ name }) => name === 'half')).toHaveLength(1)
})
