import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { startSteps } from '../../../support/step-plans.ts'

const receipt = z.object({ id: z.string(), copies: z.int().default(1) })
const COUNTS = 'output: { type: object, properties: { n: { type: integer } }, required: [n] }'
const ACTIONS = `
export const good = () => ({ n: 1 })
export const bad = () => ({ n: 'one' })
`

describe('A task that says what it gives', () => {
  it('gives what its schema makes of its output', async () => {
    const plan = planOf({
      now: { output: receipt, run: () => ({ id: 'a', more: true }) },
      later: { output: receipt, run: async () => ({ id: 'b' }) },
      refined: { output: z.string().refine(async () => true), run: () => 'c' },
    })
    const { runtime } = await startRuntime(plan)
    expect(await runtime.call('plan/now')).toEqual({ id: 'a', copies: 1 })
    expect(await runtime.call('plan/later')).toEqual({ id: 'b', copies: 1 })
    expect(await runtime.call('plan/refined')).toBe('c')
  })

  it('fails its attempt when it gives something else, and is tried again', async () => {
    let runs = 0
    const run = () => {
      runs += 1
      return runs < 2 ? { id: 5 } : { id: 'a' }
    }
    const retry = { attempts: 2, backoff: { type: 'fixed', delay: 10 } }
    const { runtime, clock } = await startRuntime(planOf({ job: { output: receipt, run, retry } }))
    const job = await runtime.submit('plan/job')
    await clock.advance(0)
    const problem = 'output does not fit: id: Invalid input: expected string, received number'
    expect(await runtime.get(job.id)).toMatchObject({
      status: 'retrying',
      attempts: 1,
      error: { kind: 'error', message: problem },
    })
    await clock.advance(10)
    expect(await job.result()).toEqual({ id: 'a', copies: 1 })
  })

  it('is held to the JSON Schema of its plan, as a step of another task too', async () => {
    const { runtime, clock } = await startSteps(
      `tasks:
  good: { run: good, ${COUNTS} }
  bad: { run: bad, ${COUNTS} }
  job:
    steps: [{ id: bad, task: bad, onError: continue }, { id: good, task: good }]
    output: "\${{ steps.good.output.n }} \${{ steps.bad.error.message }}"`,
      ACTIONS,
    )
    const job = runtime.call('plan/job')
    await clock.advance(0)
    expect(await job).toMatch(/^1 output does not fit: n: /)
    const bad = await runtime.submit('plan/bad')
    await clock.advance(0)
    expect(await runtime.get(bad.id)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('output does not fit: n: ') },
    })
  })

  it('that is told to stop is stopped, whatever it gives', async () => {
    const run = ({ signal }: { signal: AbortSignal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('nothing of use')))
    const { runtime, clock } = await startRuntime(planOf({ job: { output: receipt, run } }))
    const job = await runtime.submit('plan/job')
    await clock.advance(0)
    await runtime.cancel(job.id)
    await clock.advance('1m')
    expect((await runtime.get(job.id))?.status).toBe('cancelled')
  })
})
