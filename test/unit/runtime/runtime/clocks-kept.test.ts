import { describe, expect, it, onTestFinished } from 'vitest'
import type { Plan } from '../../../../src/plan/model.ts'
import type { SubmitOptions } from '../../../../src/runtime/intake/submission.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { sharedStore, wayTo } from '../../../support/shared-store.ts'

const WAITING = ['scheduled', 'pending', 'running']

const never = () => new Promise(() => {})

/** A plan whose task `task` gets into the phase in question and stays there. */
interface Case {
  readonly name: string
  readonly error: object
  readonly given?: SubmitOptions
  plan(limits: object): Plan
}

const CASES: readonly Case[] = [
  {
    name: 'expiresAfter',
    error: { kind: 'expired' },
    given: { delay: '1h' },
    plan: (limits) => kilnOf({ task: { run: () => 'never', ...limits } }),
  },
  {
    name: 'acquireTimeout',
    error: { kind: 'acquire-timeout' },
    plan: (limits) => kilnWith({ requires: 'cold', run: () => 'never', ...limits }),
  },
  {
    name: 'prepareTimeout',
    error: { kind: 'planning', reason: 'budget' },
    plan: (limits) => {
      const kiln = makeKiln({ task: { requires: 'hot', run: () => 'never', ...limits } })
      kiln.doings['warm'] = never
      return kiln.plan
    },
  },
  {
    name: 'timeout',
    error: { kind: 'timeout' },
    plan: (limits) => kilnOf({ task: { run: never, ...limits } }),
  },
]

function kilnOf(tasks: Record<string, object>): Plan {
  return makeKiln(tasks).plan
}

/** The kiln is kept hot by `holder`, so that `task` waits for another state. */
function kilnWith(task: object): Plan {
  const kiln = makeKiln({ holder: { requires: 'hot', run: never }, task })
  kiln.at = 'hot'
  return kiln.plan
}

/** The error of `task`, which has used up its limit after that many milliseconds, not before. */
async function errorAfter(plan: Plan, limit: number, options: SubmitOptions = {}) {
  const { runtime, clock } = await startRuntime(plan, { grace: 0 })
  if (plan.tasks.has('holder')) await runtime.submit('kiln/holder')
  await allDone()
  const task = await runtime.submit('kiln/task', undefined, options)
  await clock.advance(limit - 1)
  expect(WAITING).toContain(await task.status())
  await clock.advance(1)
  const record = await runtime.get(task.id)
  expect(record?.status).toBe('failed')
  return record?.error
}

describe.each(CASES)('$name', ({ name, error, given, plan }) => {
  it('of the task ends its phase, by its kind', async () => {
    expect(await errorAfter(plan({ [name]: 2000 }), 2000, given)).toMatchObject(error)
  })

  it('of the submission goes before that of the task', async () => {
    const options = { ...given, [name]: 5000 }
    expect(await errorAfter(plan({ [name]: 2000 }), 5000, options)).toMatchObject(error)
  })
})

/**
 * The same when the process that has the tasklet hangs a quarter of the way, and another takes over:
 * the clock runs on, neither from the beginning nor for ever.
 */
async function errorAfterCrash(plan: Plan, limit: number, options: SubmitOptions = {}) {
  const store = sharedStore()
  const way = wayTo(store)
  const settings = { grace: 0, lease: { duration: limit / 4 } }
  const lost = await startRuntime(plan, settings, way.store)
  onTestFinished(way.recover)
  const holder = plan.tasks.has('holder') ? [await lost.runtime.submit('kiln/holder')] : []
  await allDone()
  const { id } = await lost.runtime.submit('kiln/task', undefined, options)
  await lost.clock.advance(limit / 4)
  way.hang()

  const clock = new ManualClock(lost.clock.now())
  const { runtime } = await startRuntime(plan, settings, store, clock)
  await clock.advance((limit * 3) / 4 - 1)
  for (const each of [{ id }, ...holder]) {
    expect(WAITING).toContain((await runtime.get(each.id))?.status)
  }
  await clock.advance(1)
  const record = await runtime.get(id)
  expect(record?.status).toBe('failed')
  return record?.error
}

describe.each(CASES)('$name over a crash', ({ name, error, given, plan }) => {
  it('of the task ends when it would have ended', async () => {
    expect(await errorAfterCrash(plan({ [name]: 20_000 }), 20_000, given)).toMatchObject(error)
  })

  it('of the submission ends when it would have ended', async () => {
    const options = { ...given, [name]: 20_000 }
    expect(await errorAfterCrash(plan({}), 20_000, options)).toMatchObject(error)
  })
})

it('Work that was claimed and waits for its grant is not started once it has expired.', async () => {
  const plan = kilnWith({ requires: 'cold', run: () => 'late', acquireTimeout: '1h' })
  const { runtime, clock } = await startRuntime(plan, { grace: 0 })
  const holder = await runtime.submit('kiln/holder')
  await allDone()
  const task = await runtime.submit('kiln/task', undefined, { expiresAfter: 1000 })
  await clock.advance(999)
  expect(await runtime.get(task.id)).toMatchObject({ phase: 'acquiring' })
  await clock.advance(1)
  const expired = { status: 'failed', attempts: 0, error: { kind: 'expired' } }
  expect(await runtime.get(task.id)).toMatchObject(expired)
  await holder.cancel()
  await clock.advance(1)
  expect(await runtime.get(task.id)).toMatchObject(expired)
})
