import { expect, test } from 'vitest'
import type { Store } from '../../../../src/ports/store.ts'
import { Schedules } from '../../../../src/runtime/schedules/schedules.ts'
import type { ScheduleServices } from '../../../../src/runtime/schedules/services.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { keptLog } from '../../../support/logs.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { planOf } from '../../../support/runtimes.ts'
import { sharedStore } from '../../../support/shared-store.ts'
import { at, scheduled } from './scene.ts'

test('a schedule is run when somebody asks, with its fixed input', async () => {
  const manual = {
    task: 'work',
    manual: true,
    input: { keep: 7 },
    tags: ['hand'],
    priority: 'high',
  }
  const made = await scheduled({ tidy: manual as never })
  const handle = await made.runtime.runScheduled('plan/tidy')
  expect(await handle.result()).toBe('done')
  expect(await made.runtime.get(handle.id)).toMatchObject({
    source: 'schedule',
    input: { keep: 7 },
    priority: 100,
    tags: ['hand', 'schedule:plan/tidy'],
    event: { name: 'schedule.run', data: { schedule: 'plan/tidy' } },
  })
  expect(made.runtime.schedules.list()).toMatchObject([{ trigger: 'manual', state: 'manual' }])
})

test('a schedule whose input is made from an event cannot be run without one', async () => {
  const input = '${{ event.data }}'
  const made = await scheduled({ a: { task: 'work', on: 'deploy', input } })
  await expect(made.runtime.runScheduled('plan/a')).rejects.toThrow(
    'submit plan/work with an input instead',
  )
})

test('the next instants are told whether the schedule is on or off', async () => {
  const made = await scheduled({ a: { task: 'work', every: '1h', enabled: false } })
  expect(made.runtime.schedules.next('plan/a', 2)).toEqual([
    at('2026-01-01T01:00'),
    at('2026-01-01T02:00'),
  ])
  expect(() => made.runtime.schedules.next('plan/a', 0)).toThrow('1 or more')
})

test('a schedule that is not there is answered with the nearest', async () => {
  const made = await scheduled({ nightly: { task: 'work', manual: true } })
  const message = 'there is no schedule "plan/nigtly"; did you mean "plan/nightly"?'
  expect(() => made.runtime.schedules.next('plan/nigtly')).toThrow(message)
  await expect(made.runtime.runScheduled('plan/nigtly')).rejects.toThrow(message)
  await expect(made.runtime.schedules.enable('plan/nigtly')).rejects.toThrow(message)
})

function schedulesOf(schedules: object, given?: Store): Schedules {
  const store = given ?? memoryStore()
  const isFresh = given === undefined
  if (isFresh) void store.open()
  const services = { store, clock: new ManualClock(), log: keptLog() }
  // The actors are not started here, so nothing else is asked for.
  return new Schedules(
    [planOf({ work: () => 1 }, { schedules })],
    services as never as ScheduleServices,
  )
}

test('a plan that is replaced has the schedules of its new version', () => {
  const before = { gone: { task: 'work', every: '1h' }, stays: { task: 'work', every: '1h' } }
  const schedules = schedulesOf(before)
  const after = { stays: { task: 'work', every: '2h' }, fresh: { task: 'work', on: 'deploy' } }
  const { gone, residents } = schedules.replace(planOf({ work: () => 1 }, { schedules: after }))
  expect(gone).toEqual(['schedule:plan/gone'])
  expect(residents.map(({ id }) => id)).toEqual(['schedule:plan/stays', 'schedule:plan/fresh'])
  expect(schedules.list().map(({ id, trigger }) => [id, trigger])).toEqual([
    ['plan/stays', 'every 2h'],
    ['plan/fresh', 'on deploy'],
  ])
})

test('a schedule that somebody has switched off stays off when its plan is replaced', async () => {
  const settings = { a: { task: 'work', on: 'deploy' } }
  const schedules = schedulesOf(settings)
  await schedules.disable('plan/a')
  schedules.replace(planOf({ work: () => 2 }, { schedules: settings }))
  expect(schedules.list()).toMatchObject([{ id: 'plan/a', enabled: false, state: 'disabled' }])
})

test('a plan that is gone has no schedules', () => {
  const schedules = schedulesOf({
    a: { task: 'work', every: '1h' },
    b: { task: 'work', manual: true },
  })
  expect(schedules.retire('other')).toEqual({ gone: [] })
  expect(schedules.retire('plan')).toEqual({ gone: ['schedule:plan/a'] })
  expect(schedules.list()).toEqual([])
})

test('a look at the store that was overtaken by a switch does not undo it', async () => {
  const store = sharedStore()
  const gate = Promise.withResolvers<void>()
  const slow = new Proxy(store, {
    get(target, method: keyof Store) {
      if (method !== 'facts') return target[method]
      return async (kind: string) => {
        const facts = await target.facts(kind)
        await gate.promise
        return facts
      }
    },
  })
  await store.open()
  const schedules = schedulesOf({ a: { task: 'work', on: 'deploy' } }, slow)
  await schedules.enable('plan/a')
  const looking = schedules.refresh()
  await schedules.disable('plan/a')
  gate.resolve()
  await looking
  expect(schedules.list()).toMatchObject([{ id: 'plan/a', enabled: false }])
})
