import { expect, test } from 'vitest'
import { StoreError } from '../../../../src/core/errors.ts'
import { definePlan } from '../../../../src/plan/define.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { allDone, type ManualClock } from '../../../support/manual-clock.ts'
import { sharedStore } from '../../../support/shared-store.ts'
import { gated, scheduled } from './scene.ts'

const ON_DEPLOY = { a: { task: 'work', on: 'deploy' } } as const

/** Until nothing happens any more, or too much does. */
async function settle(clock: ManualClock, isOver: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !isOver(); turn += 1) {
    await allDone()
    await clock.advance(1)
  }
}

test('a storm of events is answered in full', async () => {
  const made = await scheduled(ON_DEPLOY)
  for (let count = 0; count < 5000; count += 1) made.runtime.events.emit('deploy', { count })
  await settle(made.clock, () => made.told('schedule.fired').length === 5000)
  expect(made.told('schedule.fired')).toHaveLength(5000)
  expect(made.told('subscriber.overflowed')).toEqual([])
  expect(made.told('schedule.missed')).toEqual([])
})

test('events beyond 100 000 that wait for one schedule are told as lost, with their number', async () => {
  const store = sharedStore()
  const gate = Promise.withResolvers<void>()
  const slow = new Proxy(store, {
    get(target, method: keyof Store) {
      const member = target[method]
      if (method !== 'insert' || typeof member !== 'function') return member
      return (...given: never[]) => gate.promise.then(() => Reflect.apply(member, target, given))
    },
  })
  const where = '${{ event.data % 10000 == 0 }}'
  const made = await scheduled(
    { a: { task: 'work', on: 'deploy', overlap: 'queue', where } },
    { store: slow },
  )
  // The first is answered while the others wait.
  for (let count = 0; count < 100_011; count += 1) made.runtime.events.emit('deploy', count)
  expect(made.log.lines.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      message: 'more events wait for a schedule than it can hold: some are lost',
    },
  ])
  gate.resolve()
  await settle(made.clock, () => made.told('schedule.missed').length > 0)
  expect(made.told('schedule.missed')).toEqual([{ plan: 'plan', name: 'a', instants: 10 }])
  expect(made.told('schedule.fired')).toHaveLength(11)
})

test('events wait for room in a queue that is full, and none is lost', async () => {
  const gate = gated()
  const options = { queues: { event: { concurrency: 1, maxSize: 2 } } }
  const made = await scheduled(ON_DEPLOY, { tasks: { work: gate.run }, options })
  for (let count = 0; count < 20; count += 1) made.runtime.events.emit('deploy', { count })
  await made.clock.advance('1s')
  expect((await made.tasklets()).length).toBeLessThanOrEqual(3)
  await settle(made.clock, () => {
    gate.open()
    return made.told('tasklet.completed').length === 20
  })
  expect(await made.tasklets()).toHaveLength(20)
})

test('an event that the store did not take is fired when it does, once', async () => {
  const store = sharedStore()
  const failing = { insert: true }
  const flaky = new Proxy(store, {
    get(target, method: keyof Store) {
      if (method === 'insert' && failing.insert) {
        return () => Promise.reject(new StoreError('busy', 'the disk is full'))
      }
      return target[method]
    },
  })
  const made = await scheduled(ON_DEPLOY, { store: flaky })
  for (let count = 0; count < 100; count += 1) made.runtime.events.emit('deploy', { count })
  await made.clock.advance('1s')
  expect(await made.tasklets()).toEqual([])
  failing.insert = false
  await made.clock.advance('10s')
  expect(await made.tasklets()).toHaveLength(100)
  const warned = made.log.lines.filter(({ level }) => level === 'warn')
  expect(warned).toHaveLength(1)
})

test('a plan that is loaded again answers what its last version has heard', async () => {
  const gate = gated()
  const options = { queues: { event: { concurrency: 1, maxSize: 1 } } }
  const made = await scheduled(ON_DEPLOY, { tasks: { work: gate.run }, options })
  for (let count = 0; count < 10; count += 1) made.runtime.events.emit('deploy', { count })
  await made.clock.advance('1s')
  const definition = { name: 'plan', tasks: { work: () => 'new' }, schedules: ON_DEPLOY }
  await made.runtime.reload(definePlan(definition as never))
  await settle(made.clock, () => {
    gate.open()
    return made.told('tasklet.completed').length === 10
  })
  const data = (await made.tasklets()).map(
    ({ event }) => (event?.data as { count?: number } | undefined)?.count ?? -1,
  )
  expect(data.toSorted((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('events that have no answer when the runtime stops are told as lost', async () => {
  const options = { queues: { event: { concurrency: 1, maxSize: 1 } } }
  const made = await scheduled(ON_DEPLOY, { tasks: { work: gated().run }, options })
  for (let count = 0; count < 10; count += 1) made.runtime.events.emit('deploy', { count })
  await made.clock.advance('1s')
  const stored = (await made.tasklets()).length
  const stopping = made.runtime.stop()
  await made.clock.advance('1m')
  await stopping
  expect(made.told('schedule.missed')).toEqual([{ plan: 'plan', name: 'a', instants: 10 - stored }])
})

test.each(['**', 'event.**', 'tasklet.*', 'schedule.**'])(
  'schedules on %s come to an end, whatever they hear of each other',
  async (on) => {
    const schedules = { one: { task: 'work', on }, other: { task: 'work', on } }
    const made = await scheduled({ ...schedules, first: { task: 'work', on: 'deploy' } })
    made.runtime.events.emit('deploy', {})
    for (let turn = 0; turn < 60; turn += 1) await allDone()
    const count = made.events.length
    for (let turn = 0; turn < 60; turn += 1) await allDone()
    expect(made.events.length).toBe(count)
    if (on !== 'event.**') expect(made.told('event.cut')).not.toEqual([])
  },
)

test('a schedule that cannot answer what it hears of itself comes to an end', async () => {
  const made = await scheduled({ a: { task: 'work', on: '**', input: '${{ event.data.none }}' } })
  made.runtime.events.emit('deploy', {})
  for (let turn = 0; turn < 60; turn += 1) await allDone()
  const count = made.events.length
  for (let turn = 0; turn < 60; turn += 1) await allDone()
  expect(made.events.length).toBe(count)
})
