import { describe, expect, it } from 'vitest'
import type { PlanningReason } from '../../../../src/core/errors.ts'
import type { RuntimeOptions } from '../../../../src/runtime/options/options.ts'
import { type Kiln, makeKiln } from '../../../support/kiln.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

const makeFiring = () => makeKiln({ fire: { requires: 'hot', run: () => 'fired' } })

/** Counts how often any check is asked. */
function countChecks(kiln: Kiln): { asked: number } {
  const count = { asked: 0 }
  for (const state of kiln.world.states.keys()) {
    kiln.answers[state] = () => {
      count.asked += 1
      return kiln.at === state
    }
  }
  return count
}

const silence = () => new Promise(() => {})
const failing = () => {
  throw new Error('no sensor')
}

describe('a world that the checks do not make out', () => {
  const cases: readonly [string, PlanningReason, RegExp, Record<string, () => unknown>][] = [
    ['two states that exclude each other', 'ambiguous', /cold and warm/, { warm: () => true }],
    ['a check that throws', 'check', /check of warm failed: no sensor/, { warm: failing }],
    ['a check that gives no answer that is one', 'check', /check of warm/, { warm: () => 'yes' }],
    ['a check that does not answer in time', 'undetectable', /cold: timeout/, { cold: silence }],
    ['no check that says yes', 'undetectable', /cold: false, warm: false/, { cold: () => false }],
    ['a check that does not know', 'undetectable', /cold: unknown/, { cold: () => 'unknown' }],
  ]
  it.each(cases)(
    'ends the task for good, by its reason: %s',
    async (_, reason, message, answers) => {
      const kiln = makeFiring()
      Object.assign(kiln.answers, answers)
      const { runtime, clock } = await startRuntime(kiln.plan)
      const tasklet = await runtime.submit('kiln/fire', undefined, { retry: { attempts: 3 } })
      await clock.advance('30s')
      expect(await runtime.get(tasklet.id)).toMatchObject({
        status: 'failed',
        attempts: 0,
        error: { kind: 'planning', reason, message: expect.stringMatching(message) },
      })
      expect(kiln.seen).toEqual([])
    },
  )

  it('is looked at again for a while, because it may be between two states', async () => {
    const kiln = makeFiring()
    kiln.at = 'somewhere'
    const { runtime, clock } = await startRuntime(kiln.plan)
    const tasklet = await runtime.submit('kiln/fire')
    await clock.advance(250)
    kiln.at = 'warm'
    await clock.advance('1s')
    expect(await tasklet.result()).toBe('fired')
    expect(kiln.seen).toEqual(['heat'])
  })
})

describe('a state named unknown', () => {
  const run = async (unknown: object, options: RuntimeOptions = {}) => {
    const seen: string[] = []
    let at = 'nowhere'
    const plan = planOf(
      {
        work: { requires: 'ready', run: () => seen.push('work') },
        reset: () => {
          seen.push('reset')
          at = 'ready'
        },
      },
      {
        machine: {
          initial: 'ready',
          states: {
            ready: { meta: { check: 'ready' }, on: { SLEEP: { target: 'unknown' } } },
            unknown,
          },
        },
        checks: { ready: () => at === 'ready' },
      },
    )
    const { runtime, clock } = await startRuntime(plan, options)
    const tasklet = await runtime.submit('plan/work')
    await clock.advance('1m')
    return { record: await runtime.get(tasklet.id), seen }
  }

  it('lends its edges to a world that no check recognises', async () => {
    const { record, seen } = await run({
      on: { RESET: { target: 'ready', meta: { task: 'reset' } } },
    })
    expect(seen).toEqual(['reset', 'work'])
    expect(record).toMatchObject({
      status: 'completed',
      trail: { from: 'unknown', steps: [{ event: 'RESET', outcome: 'moved' }] },
    })
  })

  it('without edges changes nothing: the world is undetectable', async () => {
    const { record, seen } = await run({})
    expect(seen).toEqual([])
    expect(record).toMatchObject({ error: { kind: 'planning', reason: 'undetectable' } })
  })
})

describe('of several states that are said to hold', () => {
  const run = async (states: object, requires: string) => {
    const plan = planOf(
      { work: { requires, run: () => 'done' }, move: () => {} },
      { machine: { initial: 'a', states }, checks: { yes: () => true, no: () => false } },
    )
    const { runtime, log } = await startRuntime(plan)
    // Before it ran anything it has told what is odd about the plan itself.
    const before = log.lines.length
    const output = await runtime.call('plan/work')
    const warnings = log.lines.slice(before).filter(({ level }) => level === 'warn')
    return { output, warnings }
  }
  const way = { MOVE: { target: 'a', meta: { task: 'move' } } }

  it('the one of the higher priority wins, with a warning', async () => {
    const states = {
      a: {
        meta: { check: 'yes', priority: 2 },
        on: { MOVE: { target: 'b', meta: { task: 'move' } } },
      },
      b: { meta: { check: 'yes', priority: 1 }, on: way },
    }
    const { output, warnings } = await run(states, 'a')
    expect(output).toBe('done')
    expect(warnings).toMatchObject([{ message: expect.stringContaining('higher priority') }])
  })

  it('the inner one is meant where they are nested', async () => {
    const inner = {
      initial: 'x',
      states: { x: { meta: { check: 'yes' } }, y: { meta: { check: 'no' } } },
    }
    const states = {
      a: { meta: { check: 'yes' }, ...inner },
      b: { meta: { check: 'no' }, on: way },
    }
    const { output, warnings } = await run(states, 'a.x')
    expect(output).toBe('done')
    expect(warnings).toEqual([])
  })
})

describe('a belief', () => {
  it('that is fresh spares the checks, as long as nothing has run since', async () => {
    const kiln = makeFiring()
    kiln.at = 'hot'
    const count = countChecks(kiln)
    const { runtime } = await startRuntime(kiln.plan)
    await runtime.plan('kiln').state()
    expect(count.asked).toBe(4)
    await runtime.call('kiln/fire')
    expect(count.asked).toBe(4)
    await runtime.call('kiln/fire')
    expect(count.asked).toBe(8)
  })

  it.each([
    ['is as old as it may be', {}, 1000, 8],
    ['is a little younger than that', {}, 999, 4],
    ['may not be used at all', { freshness: 0 }, 0, 8],
    ['may be used for long', { freshness: '1h' }, 3_599_000, 4],
  ] as const)('that %s: checks asked', async (_, planning, age, asked) => {
    const kiln = makeFiring()
    kiln.at = 'hot'
    const count = countChecks(kiln)
    const { runtime, clock } = await startRuntime(kiln.plan, { planning })
    await runtime.plan('kiln').state()
    await clock.advance(age)
    await runtime.call('kiln/fire')
    expect(count.asked).toBe(asked)
  })

  it('is void after a transition that was cut short: nobody knows where that has led', async () => {
    const kiln = makeFiring()
    kiln.doings['heat'] = ({ signal }) =>
      new Promise((_, reject) => {
        kiln.at = 'cold'
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    const { runtime } = await startRuntime(kiln.plan, { planning: { freshness: '1h' } })
    const first = await runtime.submit('kiln/fire')
    await allDone()
    expect(kiln.seen).toEqual(['warm', 'heat'])
    await first.cancel()
    await expect(first.result()).rejects.toMatchObject({ kind: 'cancelled' })
    expect(runtime.plan('kiln').belief()).toBeUndefined()
    delete kiln.doings['heat']
    await runtime.call('kiln/fire')
    expect(kiln.seen).toEqual(['warm', 'heat', 'warm', 'heat'])
  })

  it('is not made fresh by questions that were cut short', async () => {
    const kiln = makeFiring()
    kiln.at = 'hot'
    const { runtime } = await startRuntime(kiln.plan, { planning: { freshness: '1h' } })
    await runtime.call('kiln/fire')
    kiln.answers['cold'] = silence
    const second = await runtime.submit('kiln/fire')
    await allDone()
    await second.cancel()
    await expect(second.result()).rejects.toMatchObject({ kind: 'cancelled' })
    delete kiln.answers['cold']
    kiln.at = 'warm'
    await runtime.call('kiln/fire')
    expect(kiln.seen).toEqual(['heat'])
  })

  it('from before an edge is not relied on while the edge is not verified', async () => {
    const kiln = makeFiring()
    kiln.answers['hot'] = () => false
    const { runtime } = await startRuntime(kiln.plan, { planning: { freshness: '1h' } })
    const first = await runtime.submit('kiln/fire')
    await allDone()
    expect([kiln.at, kiln.seen]).toEqual(['hot', ['warm', 'heat']])
    await first.cancel()
    await expect(first.result()).rejects.toMatchObject({ kind: 'cancelled' })
    delete kiln.answers['hot']
    await runtime.call('kiln/fire')
    expect(kiln.seen).toEqual(['warm', 'heat'])
  })

  it('is not needed where the world is right: each check is asked once, and no task runs', async () => {
    const kiln = makeFiring()
    kiln.at = 'hot'
    const count = countChecks(kiln)
    const { runtime } = await startRuntime(kiln.plan)
    const tasklet = await runtime.submit('kiln/fire')
    await tasklet.result()
    expect([count.asked, kiln.seen]).toEqual([4, []])
    expect(await runtime.get(tasklet.id)).toMatchObject({ trail: { from: 'hot', steps: [] } })
  })
})

describe('a task that joins others in a state', () => {
  it('and finds the world elsewhere waits for them, and is prepared anew', async () => {
    const gate = Promise.withResolvers<void>()
    const kiln = makeKiln({
      fire: {
        requires: 'hot',
        run: async ({ input }: { input: unknown }) => {
          kiln.seen.push(`fire ${input} in ${kiln.at}`)
          if (input === 1) await gate.promise
        },
      },
    })
    kiln.at = 'hot'
    const { runtime, clock } = await startRuntime(kiln.plan)
    const first = await runtime.submit('kiln/fire', 1)
    await allDone()
    kiln.at = 'cold'
    const second = await runtime.submit('kiln/fire', 2)
    await clock.advance('5s')
    expect(kiln.seen).toEqual(['fire 1 in hot'])
    gate.resolve()
    await first.result()
    await clock.advance('2s')
    await second.result()
    expect(kiln.seen).toEqual(['fire 1 in hot', 'warm', 'heat', 'fire 2 in hot'])
    expect(await runtime.get(second.id)).toMatchObject({ status: 'completed', attempts: 0 })
  })
})
