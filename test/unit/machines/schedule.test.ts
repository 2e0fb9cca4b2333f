import { expect, test } from 'vitest'
import { createActor } from 'xstate'
import { type ScheduleEventType, scheduleMachine } from '../../../machines/schedule.ts'

function after(...events: readonly ScheduleEventType[]) {
  const actor = createActor(scheduleMachine).start()
  for (const type of events) actor.send({ type })
  return actor.getSnapshot().value
}

const READY = 'schedule.ready' as const

test.each<[string, readonly ScheduleEventType[], string]>([
  ['asks the store first', [], 'recalling'],
  ['then waits', [READY], 'waiting'],
  ['sees what is due', [READY, 'instant.due'], 'due'],
  ['fires what was chosen', [READY, 'instant.due', 'instants.chosen'], 'firing'],
  ['waits again', [READY, 'instant.due', 'instants.chosen', 'instants.fired'], 'waiting'],
  ['waits when another process was faster', [READY, 'instant.due', 'instants.none'], 'waiting'],
  ['ends with its last instant', [READY, 'schedule.over'], 'over'],
  ['is off when its plan or a person says so', ['schedule.disabled'], 'disabled'],
  ['is switched off while it waits', [READY, 'schedule.disabled'], 'disabled'],
  ['asks the store when it is on again', ['schedule.disabled', 'schedule.enabled'], 'recalling'],
  ['pauses when the store fails', [READY, 'instant.due', 'store.failed'], 'pausing'],
  ['asks again after a pause', [READY, 'instant.due', 'store.failed', 'pause.over'], 'recalling'],
])('a schedule %s', (_, events, state) => {
  expect(after(...events)).toBe(state)
})
