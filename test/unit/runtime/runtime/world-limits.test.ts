import { describe, expect, it } from 'vitest'
import { assign, setup } from 'xstate'
import { type Kiln, makeKiln } from '../../../support/kiln.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

function makeFiring(settings: object = {}): Kiln {
  return makeKiln({ fire: { requires: 'hot', run: () => 'fired', ...settings } })
}

const fails = (what: string) => () => Promise.reject(new Error(what))

describe('a preparation', () => {
  it('ends with the whole trail when edges fail more often than they may', async () => {
    const kiln = makeFiring()
    kiln.doings['warm'] = fails('no gas')
    const { runtime } = await startRuntime(kiln.plan, { planning: { maxReplans: 0 } })
    const tasklet = await runtime.submit('kiln/fire')
    await expect(tasklet.result()).rejects.toMatchObject({
      kind: 'planning',
      reason: 'trail',
      message: expect.stringContaining('cold --WARM--> warm (warm) failed: no gas'),
    })
    expect(kiln.seen).toEqual(['warm'])
  })

  it('tries no more edges than it may', async () => {
    const kiln = makeFiring()
    const { runtime } = await startRuntime(kiln.plan, { planning: { maxTransitions: 1 } })
    const tasklet = await runtime.submit('kiln/fire')
    await expect(tasklet.result()).rejects.toMatchObject({ kind: 'planning', reason: 'trail' })
    expect(kiln.seen).toEqual(['warm'])
    expect(await runtime.get(tasklet.id)).toMatchObject({
      attempts: 0,
      trail: { steps: [{ event: 'WARM', outcome: 'moved' }] },
    })
  })

  it('takes no longer than the task lets it, and tells the transition to stop', async () => {
    const kiln = makeFiring({ prepareTimeout: '10s' })
    const told = Promise.withResolvers<unknown>()
    kiln.doings['warm'] = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          told.resolve(signal.reason)
          reject(signal.reason)
        })
      })
    const { runtime, clock } = await startRuntime(kiln.plan)
    const tasklet = await runtime.submit('kiln/fire')
    await clock.advance(9999)
    expect(await tasklet.status()).toBe('running')
    await clock.advance(1)
    expect(await told.promise).toMatchObject({ name: 'TimeoutError' })
    await expect(tasklet.result()).rejects.toMatchObject({ kind: 'planning', reason: 'budget' })
    expect(await runtime.get(tasklet.id)).toMatchObject({ status: 'failed', attempts: 0 })
  })

  it('says so when the search of a path would take longer than it may', async () => {
    const clock = new ManualClock()
    const machine = setup({
      types: { context: {} as { turns: number } },
      actions: { count: assign({ turns: ({ context }) => context.turns + 1 }) },
      guards: {
        isWound: () => {
          clock.jump(1)
          return false
        },
      },
    }).createMachine({
      context: { turns: 0 },
      initial: 'loose',
      states: {
        loose: {
          meta: { check: 'loose' },
          on: {
            WIND: { target: 'loose', actions: 'count', reenter: true, meta: { task: 'wind' } },
            LOCK: { target: 'locked', guard: 'isWound', meta: { task: 'wind' } },
          },
        },
        locked: { meta: { check: 'locked' } },
      },
    })
    const plan = planOf(
      { work: { requires: 'locked', run: () => 'done' }, wind: () => {} },
      { machine, checks: { loose: () => true, locked: () => false } },
    )
    const options = { planning: { searchTime: 100 } }
    const { runtime } = await startRuntime(plan, options, undefined, clock)
    await expect(runtime.call('plan/work')).rejects.toMatchObject({
      kind: 'planning',
      reason: 'budget',
    })
  })

  it('that fails spends an attempt, and is tried again, only where the task says so', async () => {
    const retry = { attempts: 3, onPlanning: true, backoff: { type: 'fixed', delay: 1000 } }
    const kiln = makeFiring({ retry })
    kiln.at = 'lost'
    const { runtime, clock } = await startRuntime(kiln.plan)
    const [found, lost] = [await runtime.submit('kiln/fire'), await runtime.submit('kiln/fire')]
    await clock.advance('500ms')
    expect(await runtime.get(found.id)).toMatchObject({ status: 'retrying', attempts: 1 })
    kiln.at = 'warm'
    await clock.advance('500ms')
    expect(await found.result()).toBe('fired')
    expect(await lost.result()).toBe('fired')
    kiln.at = 'lost'
    const last = await runtime.submit('kiln/fire')
    await clock.advance('10s')
    expect(await runtime.get(last.id)).toMatchObject({
      status: 'failed',
      attempts: 3,
      error: { kind: 'planning', reason: 'unreachable' },
    })
  })
})
