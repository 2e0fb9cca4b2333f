import { expect, test } from 'vitest'
import { StoreError } from '../../../../src/core/errors.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { sharedStore, wayTo } from '../../../support/shared-store.ts'
import { at, gated, scheduled } from './scene.ts'

const OVERLAPS = ['skip', 'queue', 'replace', 'allow'] as const
const HALF_HOURLY = { task: 'work', every: '30m' } as const

/** A way to the store that hangs for good at the n-th call of a method: the process is killed there. */
function killedAt(store: Store, method: 'insert' | 'writeFact', when: 'before' | 'after') {
  const way = wayTo(store)
  let isArmed = false
  const killing = new Proxy(way.store, {
    get(target, name: keyof Store) {
      const member = target[name]
      if (name !== method || typeof member !== 'function') return member
      return async (...given: never[]) => {
        if (!isArmed) return Reflect.apply(member, target, given)
        if (when === 'after') await Reflect.apply(member, target, given)
        way.hang()
        return new Promise(() => {})
      }
    },
  })
  return { ...way, store: killing, arm: () => (isArmed = true) }
}

const KILLS = OVERLAPS.flatMap((overlap) =>
  (['insert', 'writeFact'] as const).flatMap((method) =>
    (['before', 'after'] as const).map((when) => [when, method, overlap] as const),
  ),
)

test.each(KILLS)(
  'a process that is killed %s its %s loses and repeats no instant, with overlap %s',
  async (when, method, overlap) => {
    const store = sharedStore()
    const clock = new ManualClock(at('2026-01-01T00:00'))
    const schedules = { pulse: { ...HALF_HOURLY, overlap } }
    const process = killedAt(store, method, when)
    const options = { queues: { main: { concurrency: 1 } } }
    const dying = await scheduled(schedules, { clock, store: process.store, options })
    await clock.advance('29m')
    process.arm()
    await clock.advance('1m')
    const other = await scheduled(schedules, { clock, store, options })
    await clock.advance('5s')
    expect(other.runtime.schedules.list()).toMatchObject([{ firedAt: at('2026-01-01T00:30') }])
    await clock.advance('31m')
    expect(await other.instants()).toEqual(['2026-01-01T00:30', '2026-01-01T01:00'])
    expect(other.runtime.schedules.list()).toMatchObject([{ firedAt: at('2026-01-01T01:00') }])
    process.recover()
    expect(dying.runtime.status).toBe('running')
  },
)

test('what was missed is told once, though the store fails in between', async () => {
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const store = sharedStore()
  const schedules = { pulse: { ...HALF_HOURLY, misfire: 'last' } } as const
  await (await scheduled(schedules, { clock, store })).runtime.stop()
  clock.jump(at('2026-01-01T03:10') - clock.now())
  let left = 2
  const flaky = new Proxy(store, {
    get(target, method: keyof Store) {
      if (method !== 'insert' || left === 0) return target[method]
      return () => {
        left -= 1
        return Promise.reject(new StoreError('busy', 'the disk is full'))
      }
    },
  })
  const made = await scheduled(schedules, { clock, store: flaky })
  await clock.advance('20s')
  expect(await made.instants()).toEqual(['2026-01-01T03:00'])
  expect(made.told('schedule.missed')).toEqual([{ plan: 'plan', name: 'pulse', instants: 5 }])
})

test('instants that are made up for together do not skip each other after a failure', async () => {
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const store = sharedStore()
  const schedules = { pulse: { ...HALF_HOURLY, misfire: 'all' } } as const
  await (await scheduled(schedules, { clock, store })).runtime.stop()
  clock.jump(at('2026-01-01T01:40') - clock.now())
  let calls = 0
  const flaky = new Proxy(store, {
    get(target, method: keyof Store) {
      if (method !== 'insert') return target[method]
      return (...given: never[]) => {
        calls += 1
        if (calls === 3) return Promise.reject(new StoreError('busy', 'the disk is full'))
        return Reflect.apply(target.insert as never, target, given)
      }
    },
  })
  const made = await scheduled(schedules, { clock, store: flaky, tasks: { work: gated().run } })
  await clock.advance('20s')
  expect(await made.instants()).toHaveLength(3)
  expect(made.told('schedule.skipped')).toEqual([])
})

const BY_ALL: Readonly<Record<string, readonly string[]>> = {
  skip: ['running', 'blocked', 'blocked', 'blocked'],
  queue: ['running', 'blocked', 'blocked', 'blocked'],
  replace: ['cancelled', 'running', 'blocked', 'blocked'],
  allow: ['running', 'running', 'running', 'running'],
}

test.each(OVERLAPS)(
  'while an earlier run goes on, all that was missed is made up for as overlap %s says',
  async (overlap) => {
    const clock = new ManualClock(at('2026-01-01T00:00'))
    const schedules = { pulse: { ...HALF_HOURLY, misfire: 'all', overlap } } as const
    const made = await scheduled(schedules, { clock, tasks: { work: gated().run } })
    await clock.advance('31m')
    clock.jump(90 * 60_000)
    await clock.advance('1m')
    await clock.advance('1s')
    expect((await made.tasklets()).map(({ status }) => status)).toEqual(BY_ALL[overlap])
  },
)

const WEEK = 7 * 86_400_000

test.each([
  ['skip', 0],
  ['last', 1],
  ['all', 336],
  [{ all: 10 }, 10],
] as const)(
  'after a week without a runtime, misfire %j makes up for %d',
  async (misfire, count) => {
    const clock = new ManualClock(at('2026-01-01T00:00'))
    const store = sharedStore()
    const schedules = { pulse: { ...HALF_HOURLY, misfire } }
    await (await scheduled(schedules, { clock, store })).runtime.stop()
    clock.jump(WEEK + 600_000)
    const made = await scheduled(schedules, { clock, store })
    await clock.advance('10s')
    expect(await made.instants()).toHaveLength(count)
    const missed = made.told('schedule.missed') as readonly { instants: number }[]
    expect(missed.map(({ instants }) => instants)).toEqual(count === 336 ? [] : [336 - count])
  },
)

test('a schedule that ended while no runtime ran makes up for its last instant, and no later one', async () => {
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const store = sharedStore()
  const schedules = { pulse: { ...HALF_HOURLY, end: '2026-01-01T01:10:00Z' } }
  await (await scheduled(schedules, { clock, store })).runtime.stop()
  clock.jump(WEEK)
  const made = await scheduled(schedules, { clock, store })
  await clock.advance('10s')
  expect(await made.instants()).toEqual(['2026-01-01T01:00'])
  expect(made.runtime.schedules.list()).toMatchObject([{ state: 'over' }])
})

test('replace cancels all earlier runs, however many wait', async () => {
  const made = await scheduled(
    { pulse: { ...HALF_HOURLY, overlap: 'replace' } },
    { options: { queues: { main: { concurrency: 1 } } }, tasks: { work: gated().run } },
  )
  for (let count = 0; count < 250; count += 1) await made.runtime.runScheduled('plan/pulse')
  await made.clock.advance('31m')
  const left = (await made.tasklets()).filter(({ status }) => status !== 'cancelled')
  expect(left.map(({ event }: Tasklet) => event?.at)).toEqual([at('2026-01-01T00:30')])
})

test('a passivated run counts as one that goes on: it is skipped for, and replaced', async () => {
  const plan = { steps: [{ id: 'wait', waitFor: { event: 'approval' } }] }
  const schedules = {
    skips: { task: 'work', every: '30m' },
    replaces: { task: 'work', every: '30m', overlap: 'replace' },
  } as const
  const made = await scheduled(schedules, { tasks: { work: plan } })
  await made.clock.advance('31m')
  expect((await made.tasklets()).map(({ status }) => status)).toEqual(['scheduled', 'scheduled'])
  await made.clock.advance('30m')
  await allDone()
  await made.clock.advance('1s')
  expect(made.told('schedule.skipped')).toHaveLength(1)
  expect((await made.tasklets()).map(({ status }) => status).toSorted()).toEqual([
    'cancelled',
    'scheduled',
    'scheduled',
  ])
})
