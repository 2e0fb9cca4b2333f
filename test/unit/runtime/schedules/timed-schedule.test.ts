import { expect, test } from 'vitest'
import { StoreError } from '../../../../src/core/errors.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { sharedStore } from '../../../support/shared-store.ts'
import { at, gated, scheduled } from './scene.ts'

const HALF_HOURLY = { task: 'work', every: '30m' }

test('a schedule fires at each of its instants, and says which one it was', async () => {
  const { clock, runtime, tasklets, instants, told } = await scheduled({ pulse: HALF_HOURLY })
  await clock.advance('1h')
  expect(await instants()).toEqual(['2026-01-01T00:30', '2026-01-01T01:00'])
  const [first] = await tasklets()
  expect(first).toMatchObject({
    source: 'schedule',
    status: 'completed',
    queue: 'main',
    tags: ['schedule:plan/pulse'],
    idempotencyKey: 'schedule:plan/pulse@2026-01-01T00:30:00.000Z',
    event: { name: 'schedule.due', at: at('2026-01-01T00:30') },
  })
  expect(told('schedule.fired')).toHaveLength(2)
  expect(runtime.schedules.list()).toEqual([
    {
      id: 'plan/pulse',
      task: 'plan/work',
      trigger: 'every 30m',
      enabled: true,
      state: 'waiting',
      next: at('2026-01-01T01:30'),
      firedAt: at('2026-01-01T01:00'),
      tasklet: (await tasklets()).at(-1)?.id,
    },
  ])
})

test('an interval is counted from its start, not from when the runtime was started', async () => {
  const clock = new ManualClock(at('2026-01-01T00:07'))
  const start = '2026-01-01T00:05:00Z'
  const made = await scheduled({ a: { task: 'work', every: '20m', start } }, { clock })
  await clock.advance('1h')
  expect(await made.instants()).toEqual([
    '2026-01-01T00:25',
    '2026-01-01T00:45',
    '2026-01-01T01:05',
  ])
})

test('no instant comes before the start or after the end', async () => {
  const period = { start: '2026-01-01T01:00:00Z', end: '2026-01-01T02:00:00Z' }
  const made = await scheduled({ a: { ...HALF_HOURLY, ...period } })
  await made.clock.advance('5h')
  expect(await made.instants()).toEqual([
    '2026-01-01T01:00',
    '2026-01-01T01:30',
    '2026-01-01T02:00',
  ])
  expect(made.runtime.schedules.list()).toMatchObject([{ state: 'over', next: undefined }])
})

test('two runtimes on one file make one record for each instant', async () => {
  const file = newDatabaseFile()
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const schedules = { pulse: HALF_HOURLY }
  const first = await scheduled(schedules, { clock, store: sqliteStore(file) })
  const second = await scheduled(schedules, { clock, store: sqliteStore(file) })
  for (let half = 0; half < 6; half += 1) {
    await clock.advance('30m')
    await allDone()
  }
  expect(await first.instants()).toHaveLength(6)
  expect(new Set(await second.instants()).size).toBe(6)
  expect(first.told('schedule.fired').length + second.told('schedule.fired').length).toBe(6)
})

const MISFIRES = [
  ['last', ['2026-01-01T00:30', '2026-01-01T03:00'], 4],
  ['skip', ['2026-01-01T00:30'], 5],
  [{ all: 2 }, ['2026-01-01T00:30', '2026-01-01T02:30', '2026-01-01T03:00'], 3],
  [
    'all',
    [
      '2026-01-01T00:30',
      '2026-01-01T01:00',
      '2026-01-01T01:30',
      '2026-01-01T02:00',
      '2026-01-01T02:30',
      '2026-01-01T03:00',
    ],
    0,
  ],
] as const

test.each(MISFIRES)(
  'of what was missed while no runtime ran, %j says what is made up for',
  async (misfire, expected, missed) => {
    const clock = new ManualClock(at('2026-01-01T00:00'))
    const store = sharedStore()
    const schedules = { pulse: { ...HALF_HOURLY, misfire } }
    const before = await scheduled(schedules, { clock, store })
    await clock.advance('31m')
    await before.runtime.stop()
    clock.jump(at('2026-01-01T03:10') - clock.now())
    const after = await scheduled(schedules, { clock, store })
    await clock.advance(0)
    await allDone()
    expect(await after.instants()).toEqual(expected)
    const told = missed === 0 ? [] : [{ plan: 'plan', name: 'pulse', instants: missed }]
    expect(after.told('schedule.missed')).toEqual(told)
  },
)

test('what is made up for runs one after the other', async () => {
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const store = sharedStore()
  const gate = gated()
  const scene = { clock, store, tasks: { work: gate.run } }
  const schedules = { pulse: { ...HALF_HOURLY, misfire: 'all' } } as const
  await (await scheduled(schedules, scene)).runtime.stop()
  clock.jump(at('2026-01-01T01:10') - clock.now())
  const { tasklets } = await scheduled(schedules, scene)
  await clock.advance(0)
  const statuses = async () => (await tasklets()).map(({ status }) => status)
  expect(await statuses()).toEqual(['running', 'blocked'])
  gate.open()
  await clock.advance(0)
  expect(await statuses()).toEqual(['completed', 'running'])
})

test('a new schedule and one that was changed make up for nothing', async () => {
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const store = sharedStore()
  const before = await scheduled({ pulse: HALF_HOURLY }, { clock, store })
  await before.runtime.stop()
  clock.jump(at('2026-01-01T03:10') - clock.now())
  const after = await scheduled({ pulse: { task: 'work', every: '20m' } }, { clock, store })
  await clock.advance('5m')
  expect(await after.instants()).toEqual([])
  await clock.advance('5m')
  expect(await after.instants()).toEqual(['2026-01-01T03:20'])
})

test('an instant is skipped while the tasklet of an earlier one is not settled', async () => {
  const gate = gated()
  const made = await scheduled({ pulse: HALF_HOURLY }, { tasks: { work: gate.run } })
  await made.clock.advance('1h')
  const [first] = await made.tasklets()
  expect(await made.instants()).toEqual(['2026-01-01T00:30'])
  expect(made.told('schedule.skipped')).toEqual([
    { plan: 'plan', name: 'pulse', at: at('2026-01-01T01:00'), waitsFor: [first?.id] },
  ])
  gate.open()
  await made.clock.advance('30m')
  expect(await made.instants()).toEqual(['2026-01-01T00:30', '2026-01-01T01:30'])
})

test.each([
  ['queue', ['running', 'blocked']],
  ['replace', ['cancelled', 'running']],
  ['allow', ['running', 'running']],
] as const)('overlap %s makes of an earlier and a later instant %j', async (overlap, statuses) => {
  const schedules = { pulse: { ...HALF_HOURLY, overlap } }
  const made = await scheduled(schedules, { tasks: { work: gated().run } })
  await made.clock.advance('1h')
  await made.clock.advance('1s')
  expect((await made.tasklets()).map(({ status }) => status)).toEqual(statuses)
})

test('jitter puts an instant off by the same time in every process', async () => {
  const jittered = { pulse: { ...HALF_HOURLY, jitter: '10m' } }
  const runOnce = async () => {
    const made = await scheduled(jittered)
    await made.clock.advance('31m')
    const [tasklet] = await made.tasklets()
    return tasklet?.notBefore ?? tasklet?.startedAt ?? 0
  }
  const [one, other] = [await runOnce(), await runOnce()]
  expect(one).toBe(other)
  expect(one).toBeGreaterThanOrEqual(at('2026-01-01T00:30'))
  expect(one).toBeLessThan(at('2026-01-01T00:40'))
})

test('what passes while a schedule is off is not made up for', async () => {
  const made = await scheduled({ pulse: { ...HALF_HOURLY, misfire: 'all' } })
  await made.runtime.schedules.disable('plan/pulse')
  await made.clock.advance('65m')
  expect(made.runtime.schedules.list()).toMatchObject([{ state: 'disabled', next: undefined }])
  await made.runtime.schedules.enable('plan/pulse')
  await made.clock.advance('30m')
  expect(await made.instants()).toEqual(['2026-01-01T01:30'])
})

test('the switch outlives the process, and says more than the plan', async () => {
  const store = sharedStore()
  const first = await scheduled({ pulse: { ...HALF_HOURLY, enabled: false } }, { store })
  await first.clock.advance('35m')
  expect(await first.instants()).toEqual([])
  await first.runtime.schedules.enable('plan/pulse')
  await first.runtime.stop()
  const clock = new ManualClock(first.clock.now())
  const second = await scheduled({ pulse: { ...HALF_HOURLY, enabled: false } }, { store, clock })
  await clock.advance('30m')
  expect(await second.instants()).toEqual(['2026-01-01T01:00'])
})

test.each([3_600_000, -3_600_000])(
  'a clock that is set by %d ms neither skips nor repeats an instant',
  async (step) => {
    const made = await scheduled({ pulse: { ...HALF_HOURLY, misfire: 'all' } })
    await made.clock.advance('65m')
    made.clock.jump(step)
    await made.clock.advance('4h')
    const fired = await made.instants()
    const all = made.runtime.schedules.list()[0]?.next ?? 0
    const expected = (all - at('2026-01-01T00:30')) / 1_800_000
    expect(new Set(fired).size).toBe(fired.length)
    expect(fired).toHaveLength(expected)
  },
)

test('a clock that was wrong by days is forgotten when it is set right', async () => {
  const store = sharedStore()
  const wrong = new ManualClock(at('2026-02-01T00:00'))
  const before = await scheduled({ pulse: HALF_HOURLY }, { clock: wrong, store })
  await wrong.advance('30m')
  await before.runtime.stop()
  const clock = new ManualClock(at('2026-01-01T00:10'))
  const after = await scheduled({ pulse: HALF_HOURLY }, { clock, store })
  await clock.advance('30m')
  expect(await after.instants()).toEqual(['2026-01-01T00:30', '2026-02-01T00:30'])
  expect(after.log.lines).toContainEqual({
    level: 'warn',
    message: 'the clock was put back by more than a day: the schedule starts anew',
  })
})

test('a clock that is put forward is noticed within a minute', async () => {
  const made = await scheduled({ nightly: { task: 'work', cron: '0 3 * * *' } })
  made.clock.jump(3 * 3_600_000)
  await made.clock.advance('1m')
  expect(await made.instants()).toEqual(['2026-01-01T03:00'])
})

test.each([
  ['Europe/Berlin', '2026-03-28T12:00', '2026-03-29T01:00'],
  ['America/New_York', '2026-03-07T12:00', '2026-03-08T07:00'],
  ['Australia/Lord_Howe', '2026-10-03T12:00', '2026-10-03T15:30'],
  ['Africa/Casablanca', '2026-03-21T12:00', '2026-03-22T02:00'],
])('in %s a day on which clocks are put forward has its run', async (timezone, from, instant) => {
  const clock = new ManualClock(at(from))
  const cron = '15 2 * * *'
  const made = await scheduled({ nightly: { task: 'work', cron, timezone } }, { clock })
  await clock.advance('24h')
  expect(await made.instants()).toEqual([instant])
})

test('a failing store loses no instant', async () => {
  const store = sharedStore()
  const failing = { insert: false }
  const flaky = new Proxy(store, {
    get(target, method: keyof Store) {
      if (method === 'insert' && failing.insert) {
        return () => Promise.reject(new StoreError('busy', 'the disk is full'))
      }
      return target[method]
    },
  })
  const made = await scheduled({ pulse: HALF_HOURLY }, { store: flaky })
  failing.insert = true
  await made.clock.advance('31m')
  expect(made.runtime.schedules.list()).toMatchObject([{ state: 'pausing' }])
  failing.insert = false
  await made.clock.advance('10s')
  expect(await made.instants()).toEqual(['2026-01-01T00:30'])
})

test('a schedule whose input is wrong says so at each instant, and stops nothing', async () => {
  const input = { piece: '${{ event.data.nothing }}' }
  const made = await scheduled({ bad: { ...HALF_HOURLY, input }, good: HALF_HOURLY })
  await made.clock.advance('1h')
  expect(await made.instants()).toHaveLength(2)
  expect(made.told('schedule.failed')).toMatchObject([
    { plan: 'plan', name: 'bad', at: at('2026-01-01T00:30') },
    { plan: 'plan', name: 'bad', at: at('2026-01-01T01:00') },
  ])
})

test('the input may name the instant', async () => {
  const input = { day: '${{ event.data.instant }}', plan: '${{ plan.name }}' }
  const made = await scheduled({ pulse: { ...HALF_HOURLY, input } })
  await made.clock.advance('30m')
  const [tasklet] = await made.tasklets()
  expect(tasklet?.input).toEqual({ day: '2026-01-01T00:30:00.000Z', plan: 'plan' })
})
