import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import { startSteps } from '../../../support/step-plans.ts'

const ACTIONS = `
import { FatalError, RetryLater } from '${import.meta.dirname}/../../../../src/core/errors.ts'
export const give = ({ input }) => input ?? null
export const fail = ({ input }) => { throw new Error(input ?? 'bad', { cause: new Error('deep') }) }
export const fatal = () => { throw new FatalError('never') }
export const later = ({ attempt, taskletId }) => {
  if (!seen.has(taskletId)) { seen.add(taskletId); throw new RetryLater('5s') }
  return 'now'
}
const seen = new Set()
export const square = ({ input, taskletId, progress }) => { progress(0.5, 'half'); return input.n * input.n }
export const hang = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
`

function begun(events: readonly RuntimeEvent[]) {
  return events.flatMap(({ name, data }) =>
    name === 'step.started' ? [(data as { readonly key: string }).key] : [],
  )
}
const start = (tasks: string, options = {}) => startSteps(tasks, ACTIONS, options)

describe('Steps', () => {
  it('whose condition is neither true nor false fail and say so', async () => {
    const { runtime, clock, events } = await start(`
tasks:
  job:
    steps:
      - { id: x, if: "\${{ input.n }}", steps: [{ id: inner, run: give }], onError: continue }
      - { id: seen, run: give, with: "\${{ [steps.x.status, steps.x.error.message, steps.inner.status] }}" }
    output: \${{ steps.seen.output }}
`)
    const result = runtime.call('plan/job', { n: 1 })
    await clock.advance(0)
    expect(await result).toEqual([
      'failed',
      expect.stringContaining('neither true nor false: 1'),
      'skipped',
    ])
    expect(begun(events)).toEqual(['seen'])
  })

  it('that run a task in a worker are given what it returns, its progress is told', async () => {
    const { runtime, events } = await start(`
tasks:
  square: { run: square, mode: sync }
  cube: { run: square, mode: cpu }
  job:
    steps:
      - { id: both, parallel: [{ task: square, with: { n: 3 } }, { task: cube, with: { n: 4 } }] }
    output: \${{ steps.both.output }}
`)
    expect(await runtime.call('plan/job')).toEqual([9, 16])
    const told = events.filter(({ name }) => name === 'tasklet.progress')
    expect(told).toHaveLength(2)
  })

  it('of a sub-task decide by FatalError and RetryLater what they would decide in a handler', async () => {
    const { runtime, clock } = await start(`
tasks:
  fatal: { run: fatal }
  later: { run: later }
  never: { retry: { attempts: 5 }, steps: [{ task: fatal, retry: { attempts: 5 } }] }
  job: { steps: [{ id: a, task: later, retry: { attempts: 3 } }], output: ["\${{ steps.a.output }}", "\${{ attempt }}"] }
`)
    const never = await runtime.submit('plan/never')
    const job = await runtime.submit('plan/job')
    await clock.advance('1m')
    expect(await runtime.get(never.id)).toMatchObject({ status: 'failed', attempts: 1 })
    expect(await job.result()).toEqual(['now', 1])
  })

  it('of an each over nothing are done at once', async () => {
    const { runtime, clock } = await start(`
tasks:
  job: { steps: [{ id: e, each: "\${{ input.items }}", run: fail }], output: "\${{ steps.e.output }}" }
`)
    const result = runtime.call('plan/job', { items: [] })
    await clock.advance(0)
    expect(await result).toEqual([])
  })

  it('may be nested as deep as the format allows', async () => {
    let step = '{ run: give, with: 7 }'
    for (let depth = 0; depth < 29; depth += 1) step = `{ steps: [${step}] }`
    const { runtime, clock } = await start(`
tasks:
  job: { steps: [${step}] }
`)
    const result = runtime.call('plan/job')
    await clock.advance(0)
    expect(await result).toBe(7)
  })

  it('have hooks called once for the task, however many steps and sub-tasks it has', async () => {
    const calls: string[] = []
    const { runtime, clock } = await start(`
tasks:
  sub: { steps: [{ run: give }] }
  job: { steps: [{ task: sub }, { run: give }, { task: sub }] }
`)
    runtime.hooks.beforeTaskRun(() => void calls.push('before'))
    runtime.hooks.afterTaskSuccess(() => void calls.push('success'))
    runtime.hooks.afterTaskRun(() => void calls.push('after'))
    const result = runtime.call('plan/job')
    await clock.advance(0)
    await result
    expect(calls).toEqual(['before', 'success', 'after'])
  })

  it('keep the cause of what failed', async () => {
    const { runtime, clock } = await start(`
tasks:
  sub: { run: fail }
  job: { steps: [{ steps: [{ task: sub }] }] }
`)
    const job = await runtime.submit('plan/job')
    await clock.advance(0)
    expect((await runtime.get(job.id))?.error).toMatchObject({
      kind: 'error',
      message: 'bad',
      cause: { message: 'deep' },
    })
  })

  it('that take too long end timedOut, and their handling may say what then', async () => {
    const { runtime, clock } = await start(`
tasks:
  job:
    timeout: 1m
    steps:
      - { id: slow, run: hang, timeout: 5s, onError: [{ id: told, run: give, with: "\${{ steps.slow.status }}" }] }
    output: ["\${{ steps.slow.status }}", "\${{ steps.told.output }}", "\${{ steps.slow.error.kind }}"]
`)
    const result = runtime.call('plan/job')
    await clock.advance('10s')
    expect(await result).toEqual(['timedOut', 'timedOut', 'timeout'])
  })

  it('fail the task with kind error by their own timeout, and with timeout by that of the task', async () => {
    const { runtime, clock } = await start(`
tasks:
  step: { steps: [{ run: hang, timeout: 5s }] }
  whole: { timeout: 5s, steps: [{ run: hang }, { if: "\${{ always() }}", run: give }] }
`)
    const step = await runtime.submit('plan/step')
    const whole = await runtime.submit('plan/whole')
    await clock.advance('1m')
    expect((await runtime.get(step.id))?.error).toMatchObject({
      message: expect.stringContaining('longer than its timeout of 5.0 s'),
    })
    expect((await runtime.get(whole.id))?.error).toMatchObject({ kind: 'timeout' })
  })

  it('appear to an inspector as a machine of the tasklet with its states', async () => {
    const seen = new Set<string>()
    const { runtime, clock } = await start(
      `
tasks:
  job: { steps: [{ id: one, run: give }, { id: many, each: [1, 2], run: give }] }
`,
      {
        inspect: (event: {
          type: string
          actorRef: { id: string }
          snapshot?: { value?: unknown }
        }) => {
          if (event.type !== '@xstate.snapshot') return
          seen.add(`${event.actorRef.id} ${JSON.stringify(event.snapshot?.value)}`)
        },
      },
    )
    const result = runtime.call('plan/job')
    await clock.advance(0)
    await result
    const texts = [...seen]
    expect(texts).toContain('steps {"one":{"running":"going"}}')
    expect(texts.some((text) => text.startsWith('many[1] '))).toBe(true)
  })
})
