import { describe, expect, it } from 'vitest'
import { readSteps } from '../../../../src/runtime/operations/steps.ts'
import { startSteps } from '../../../support/step-plans.ts'
import { STORES } from '../../../support/stores.ts'

const ACTIONS = `
export const fetch = async () => 'rows'
export const parse = async () => { throw new Error('no rows') }
export const hang = ({ signal }) => new Promise((_, reject) => {
  signal.addEventListener('abort', () => reject(signal.reason))
})
`

const TASKS = `tasks:
  load:
    steps:
      - id: fetch
        run: fetch
      - id: parse
        run: parse
        retry: { attempts: 2, backoff: { type: fixed, delay: 1s } }
  outer:
    steps:
      - id: inner
        task: load
  wait:
    steps:
      - id: fetch
        run: fetch
        once: true
      - id: second
        run: fetch
      - id: approval
        waitFor: approval
      - id: last
        run: fetch
  hang:
    steps:
      - id: fetch
        run: fetch
      - id: hang
        run: hang
`

describe.each(STORES)('The steps of a tasklet on the %s store', (_, makeStore) => {
  const start = () => startSteps(TASKS, ACTIONS, {}, makeStore())

  it('are those that ran here, with how long each attempt took and why it failed', async () => {
    const { runtime, clock } = await start()
    const job = await runtime.submit('plan/load')
    const ended = job.result().catch(() => {})
    await clock.advance('1m')
    await ended
    expect(await runtime.steps(job.id)).toMatchObject([
      { key: 'fetch', attempt: 1, status: 'completed', duration: 0 },
      { key: 'parse', attempt: 1, status: 'failed', message: 'no rows' },
      { key: 'parse', attempt: 2, status: 'failed', message: 'no rows' },
    ])
  })

  it('name in the error the step in which it arose, sub-tasks included', async () => {
    const { runtime, clock, store } = await start()
    const job = await runtime.submit('plan/outer')
    const ended = job.result().catch(() => {})
    await clock.advance('1m')
    await ended
    const { error, failures } = (await runtime.get(job.id)) ?? {}
    expect(error).toMatchObject({ kind: 'error', step: 'inner/parse', message: 'no rows' })
    expect(failures).toMatchObject([{ error: { step: 'inner/parse' } }])
    expect(await readSteps({ store }, job.id)).toMatchObject([
      { key: 'inner/parse', status: 'failed', message: 'no rows' },
    ])
  })

  it('are told while they are under way', async () => {
    const { runtime } = await start()
    const started = new Promise<void>((resolve) => {
      runtime.events.on('step.started', ({ data }) => {
        if ((data as { key: string }).key === 'hang') resolve()
      })
    })
    const job = await runtime.submit('plan/hang')
    await started
    expect(await runtime.steps(job.id)).toMatchObject([
      { key: 'fetch', status: 'completed' },
      { key: 'hang', status: 'running' },
    ])
    await job.cancel('enough')
    await job.result().catch(() => {})
    expect(await runtime.steps(job.id)).toMatchObject([
      { key: 'fetch', status: 'completed' },
      { key: 'hang', status: 'cancelled' },
    ])
  })

  it('are known to other processes as far as the store keeps them', async () => {
    const { runtime, store } = await start()
    const passivated = new Promise((resolve) => runtime.events.once('tasklet.scheduled', resolve))
    const job = await runtime.submit('plan/wait')
    await passivated
    const kept = await readSteps({ store }, job.id)
    expect(kept.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'fetch completed',
      'second completed',
    ])
    runtime.events.emit('approval', {})
    await job.result()
    const here = await runtime.steps(job.id)
    expect(here.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'fetch completed',
      'second completed',
      'approval completed',
      'last completed',
    ])
  })

  it('are none for a tasklet that nobody knows', async () => {
    const { runtime } = await start()
    expect(await runtime.steps('nobody')).toEqual([])
  })
})
