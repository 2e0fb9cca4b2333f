import { expect, test, vi } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { sharedStore } from '../../../support/shared-store.ts'
import { at, scheduled } from './scene.ts'

const NEXT = { next: { task: 'work', after: { task: 'first' } } } as const
const TASKS = { first: () => 1 }

test('an outcome that came while no runtime knew the schedule is made up for when one does', async () => {
  const store = sharedStore()
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const before = await scheduled(NEXT, { store, clock, tasks: TASKS })
  await before.runtime.call('plan/first')
  await clock.advance('1s')
  await before.runtime.stop()
  const meanwhile = await scheduled({}, { store, clock, tasks: TASKS })
  const missed = await meanwhile.runtime.submit('plan/first')
  await missed.result()
  await clock.advance('1h')
  await meanwhile.runtime.stop()
  const after = await scheduled(NEXT, { store, clock, tasks: TASKS })
  await clock.advance('1s')
  const made = await after.tasklets()
  expect(made).toHaveLength(2)
  expect(made[1]).toMatchObject({
    status: 'completed',
    idempotencyKey: `schedule:plan/next@${missed.id}`,
    event: { name: 'tasklet.completed', data: { tasklet: { id: missed.id } } },
  })
})

test('a new schedule, and one that was off, make up for no outcome', async () => {
  const store = sharedStore()
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const before = await scheduled({}, { store, clock, tasks: TASKS })
  await before.runtime.call('plan/first')
  await clock.advance('1s')
  await before.runtime.stop()
  const off = await scheduled(NEXT, { store, clock, tasks: TASKS })
  await clock.advance('1s')
  await off.runtime.schedules.disable('plan/next')
  await off.runtime.call('plan/first')
  await clock.advance('1s')
  await off.runtime.stop()
  const after = await scheduled(NEXT, { store, clock, tasks: TASKS })
  await after.runtime.schedules.enable('plan/next')
  expect(await after.tasklets()).toEqual([])
  await after.runtime.call('plan/first')
  await clock.advance('3m')
  expect(await after.tasklets()).toHaveLength(1)
})

test('an outcome of another process that does not know the schedule is seen within seconds', async () => {
  const file = newDatabaseFile()
  const clock = new ManualClock(at('2026-01-01T00:00'))
  // One never runs the task, and the other does not know the schedule.
  const one = await scheduled(NEXT, { clock, store: sqliteStore(file), tasks: TASKS })
  const options = { queues: { far: {} } }
  const other = await scheduled({}, { clock, store: sqliteStore(file), tasks: TASKS, options })
  const handle = await other.runtime.submit('plan/first', undefined, { queue: 'far' })
  await handle.result()
  // SQLite is asked for changes of others on a timer of its own.
  await vi.waitFor(async () => {
    await clock.advance('1s')
    expect(await one.tasklets()).toHaveLength(1)
  }, 10_000)
  await clock.advance('10s')
  expect(await one.tasklets()).toMatchObject([{ event: { data: { tasklet: { id: handle.id } } } }])
})

test('it is noted how far outcomes were seen to, so that no start looks further back', async () => {
  const store = sharedStore()
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const made = await scheduled(NEXT, { store, clock, tasks: TASKS })
  const noted = async () => {
    const fact = await store.fact('schedule', 'plan/next')
    return (fact?.value as { readonly lastInstant?: number } | undefined)?.lastInstant
  }
  await clock.advance('30m')
  expect(await noted()).toBe(at('2026-01-01T00:00'))
  await made.runtime.call('plan/first')
  await clock.advance('5m')
  expect(await noted()).toBeGreaterThan(at('2026-01-01T00:30'))
  const quiet = clock.pending
  await clock.advance('1h')
  expect(clock.pending).toBe(quiet)
})

test('tasks that set each other off by their outcomes come to an end', async () => {
  const schedules = {
    a: { task: 'first', after: { task: 'work' } },
    b: { task: 'work', after: { task: 'first' } },
  }
  const made = await scheduled(schedules, { tasks: TASKS })
  await made.runtime.call('plan/first')
  await made.clock.advance('1m')
  const all = [...(await made.tasklets()), ...(await made.tasklets('first'))]
  expect(all).toHaveLength(3)
  expect(made.told('event.cut')).toMatchObject([{ reason: 'cycle', trigger: 'plan/b' }])
})

test('a chain of events ends at depth 16', async () => {
  const names = Array.from({ length: 30 }, (_, index) => index)
  const tasks = Object.fromEntries(
    names.map((name) => [
      `t${name}`,
      ({ emit }: { emit(name: string): void }) => emit(`e${name + 1}`),
    ]),
  )
  const schedules = Object.fromEntries(
    names.map((name) => [`s${name}`, { task: `t${name}`, on: `e${name}` }]),
  )
  const made = await scheduled(schedules, { tasks })
  made.runtime.events.emit('e0')
  await made.clock.advance('1m')
  expect(made.told('event.cut')).toMatchObject([
    { reason: 'depth', trigger: 'plan/s17', event: { name: 'e17', lineage: { depth: 17 } } },
  ])
  expect(made.told('schedule.fired')).toHaveLength(17)
})
