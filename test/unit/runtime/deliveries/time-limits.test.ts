import { expect, test, vi } from 'vitest'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Task } from '../../../../src/plan/model.ts'
import { Deadlines } from '../../../../src/runtime/deadlines.ts'
import { TimeLimits } from '../../../../src/runtime/deliveries/time-limits.ts'
import { makeDelivery } from '../../../support/deliveries.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

function makeLimits(tasklet: Partial<Tasklet> = {}, task: Partial<Task> = {}) {
  const clock = new ManualClock(1000)
  const noteDeadline = vi.fn()
  const limits = new TimeLimits({
    clock,
    deadlines: new Deadlines(clock),
    lease: 30_000,
    planningTimeout: 300_000,
    noteDeadline,
  })
  return { clock, limits, noteDeadline, delivery: makeDelivery(tasklet, task) }
}

test('A phase without a limit has no deadline, and nothing is noted.', () => {
  const { limits, delivery, noteDeadline } = makeLimits()
  expect(limits.enter(delivery, 'acquiring')).toBeUndefined()
  expect(limits.enter(delivery, 'executing')).toBeUndefined()
  expect(limits.current(delivery)).toBeUndefined()
  expect(noteDeadline).not.toHaveBeenCalled()
})

test('The limit of the tasklet goes before that of its task.', () => {
  const task = { acquireTimeout: 10, prepareTimeout: 20, timeout: 30 }
  const own = makeLimits({ timeouts: { acquire: 1, prepare: 2 }, timeout: 3 }, task)
  const other = makeLimits({}, task)
  const enter = ({ limits, delivery }: typeof own) =>
    (['acquiring', 'preparing', 'executing'] as const).map((phase) => limits.enter(delivery, phase))
  expect(enter(own)).toEqual([1001, 1002, 1003])
  expect(enter(other)).toEqual([1010, 1020, 1030])
})

test('Only a limit of at least a third of the lease is noted at once.', () => {
  const short = makeLimits({ timeout: 9999 })
  short.limits.enter(short.delivery, 'executing')
  expect(short.noteDeadline).not.toHaveBeenCalled()
  const long = makeLimits({ timeout: 10_000 })
  long.limits.enter(long.delivery, 'executing')
  expect(long.noteDeadline).toHaveBeenCalledExactlyOnceWith(long.delivery)
  expect(long.limits.current(long.delivery)).toEqual({ phase: 'executing', at: 11_000 })
})

test('A deadline that an earlier delivery of the attempt noted is kept.', () => {
  const deadline = { phase: 'executing', at: 5000 } as const
  const { limits, delivery } = makeLimits({ timeout: 60_000, deadline })
  expect(limits.enter(delivery, 'executing')).toBe(5000)
})

test('Waiting again for the grant does not overwrite the deadline of the execution.', () => {
  const deadline = { phase: 'executing', at: 5000 } as const
  const { limits, delivery, noteDeadline } = makeLimits(
    { timeout: 60_000, timeouts: { acquire: 20_000 }, deadline },
    {},
  )
  expect(limits.enter(delivery, 'acquiring')).toBe(21_000)
  expect(limits.current(delivery)).toBeUndefined()
  expect(noteDeadline).not.toHaveBeenCalled()
})

test('A later phase without a limit supersedes what was noted of the phase before.', () => {
  const { limits, delivery } = makeLimits({ timeouts: { acquire: 20_000 } })
  limits.enter(delivery, 'acquiring')
  limits.enter(delivery, 'executing')
  expect(limits.current(delivery)).toMatchObject({ phase: 'executing' })
  expect(limits.current(delivery)?.at).toBeGreaterThan(4_000_000_000_000)
})

test('A deadline that passes is told, unless its phase is over.', async () => {
  const { limits, delivery, clock } = makeLimits({ timeout: 100 })
  const passed = vi.fn()
  limits.arm(delivery, 1100, passed)
  limits.leave(delivery)
  await clock.advance(200)
  expect(passed).not.toHaveBeenCalled()
  limits.arm(delivery, 1300, passed)
  await clock.advance(100)
  expect(passed).toHaveBeenCalledOnce()
})

test('The clock stands still while the work stands at a checkpoint.', async () => {
  const { limits, delivery, clock } = makeLimits({ timeout: 100 })
  const passed = vi.fn()
  limits.arm(delivery, limits.enter(delivery, 'executing') ?? 0, passed)
  delivery.pause()
  await clock.advance(50)
  const standing = delivery.checkpoint()
  await clock.advance(1000)
  expect(passed).not.toHaveBeenCalled()
  expect(limits.current(delivery)).toEqual({ phase: 'executing', at: 2100 })
  delivery.resume()
  await standing
  await clock.advance(49)
  expect(passed).not.toHaveBeenCalled()
  await clock.advance(1)
  expect(passed).toHaveBeenCalledOnce()
  await allDone()
})
