import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { trackRunning } from '../../../src/cli/run-ending.ts'
import type { Listenable } from '../../../src/runtime/events/events.ts'

const ID = 'a'

/** Says that a tasklet works, and then how that ended. */
function afterwards(name: string): ReadonlySet<string> {
  const events = new EventEmitter()
  // Only `on` is used of it, and that is the same.
  const running = trackRunning(events as unknown as Listenable)
  events.emit('tasklet.phase', { data: { taskletId: ID, phase: 'executing' } })
  expect([...running]).toEqual([ID])
  events.emit(name, { data: { tasklet: { id: ID }, taskletId: ID } })
  return running
}

test.each([
  'tasklet.completed',
  'tasklet.failed',
  'tasklet.cancelled',
  'tasklet.retrying',
  'tasklet.pending',
  'tasklet.scheduled',
  'lease.lost',
])('after %s nothing has to be let end', (name) => {
  expect(afterwards(name).size).toBe(0)
})
