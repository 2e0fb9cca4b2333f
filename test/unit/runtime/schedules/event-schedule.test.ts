import { expect, test } from 'vitest'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { sharedStore } from '../../../support/shared-store.ts'
import { at, scheduled } from './scene.ts'

test('an event of the pattern is answered in queue event, with the event in the record', async () => {
  const input = { branch: '${{ event.data.branch }}' }
  const made = await scheduled({ 'on-push': { task: 'work', on: 'deploy.**', input } })
  made.runtime.events.emit('deploy.web.done', { branch: 'main' })
  made.runtime.events.emit('other.done', {})
  await made.clock.advance('1s')
  expect(await made.tasklets()).toMatchObject([
    {
      source: 'event',
      queue: 'event',
      status: 'completed',
      input: { branch: 'main' },
      tags: ['schedule:plan/on-push'],
      event: {
        name: 'deploy.web.done',
        data: { branch: 'main' },
        lineage: { depth: 0, triggers: ['plan/on-push'] },
      },
    },
  ])
  expect(made.runtime.schedules.list()).toMatchObject([
    { id: 'plan/on-push', trigger: 'on deploy.**', state: 'listening', next: undefined },
  ])
})

test('only events for which "where" is true are answered', async () => {
  const where = "${{ event.data.env == 'prod' }}"
  const made = await scheduled({ a: { task: 'work', on: 'deploy', where } })
  for (const env of ['dev', 'prod']) made.runtime.events.emit('deploy', { env })
  await made.clock.advance('1s')
  expect(await made.tasklets()).toMatchObject([{ event: { data: { env: 'prod' } } }])
})

test.each([
  ['where', { where: "${{ event.data.env == 'prod' }}" }],
  ['where', { where: '${{ event.name }}' }],
  ['input', { input: { env: '${{ event.data.env }}' } }],
])('a mistake in "%s" is told, not silent', async (_, settings) => {
  const made = await scheduled({ a: { task: 'work', on: 'deploy', ...settings } })
  made.runtime.events.emit('deploy', {})
  await made.clock.advance('1s')
  expect(await made.tasklets()).toEqual([])
  expect(made.told('schedule.failed')).toMatchObject([{ plan: 'plan', name: 'a' }])
  expect(made.log.lines).toContainEqual({ level: 'error', message: 'a schedule could not fire' })
})

test('a schedule that answers an event of its own making is cut', async () => {
  const made = await scheduled({ loop: { task: 'work', on: 'tasklet.completed' } })
  await made.runtime.call('plan/work')
  await made.clock.advance('1s')
  expect(await made.tasklets()).toHaveLength(2)
  expect(made.told('event.cut')).toMatchObject([{ reason: 'cycle', trigger: 'plan/loop' }])
})

test('the outcome of a task starts another one', async () => {
  const tasks = {
    fail: () => {
      throw new Error('no')
    },
  }
  const schedules = {
    cleanup: { task: 'work', after: { task: 'fail', outcome: ['failed', 'cancelled'] } },
    never: { task: 'work', after: { task: 'plan/fail' } },
  } as const
  const made = await scheduled(schedules, { tasks })
  const failed = await made.runtime.submit('plan/fail')
  await failed.result().catch(() => {})
  await made.clock.advance('1s')
  expect(await made.tasklets()).toMatchObject([
    {
      source: 'event',
      queue: 'event',
      idempotencyKey: `schedule:plan/cleanup@${failed.id}`,
      event: { name: 'tasklet.failed', data: { tasklet: { id: failed.id } } },
    },
  ])
})

test('an outcome that two runtimes hear of makes one record', async () => {
  const store = sharedStore()
  const clock = new ManualClock(at('2026-01-01T00:00'))
  const schedules = { next: { task: 'work', after: { task: 'first' } } }
  const tasks = { first: () => 1 }
  const one = await scheduled(schedules, { store, clock, tasks })
  const other = await scheduled(schedules, { store, clock, tasks })
  await one.runtime.call('plan/first')
  await clock.advance('5s')
  await allDone()
  expect(await other.tasklets()).toHaveLength(1)
})

test('a schedule that is off hears nothing', async () => {
  const made = await scheduled({ a: { task: 'work', on: 'deploy' } })
  await made.runtime.schedules.disable('plan/a')
  made.runtime.events.emit('deploy', {})
  await made.clock.advance('1s')
  expect(await made.tasklets()).toEqual([])
  await made.runtime.schedules.enable('plan/a')
  made.runtime.events.emit('deploy', {})
  await made.clock.advance('1s')
  expect(await made.tasklets()).toHaveLength(1)
})
