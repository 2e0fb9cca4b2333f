import { InputError } from '../../core/errors.ts'
import type { Schemas } from '../../gateway/client/api.ts'
import type { Client } from '../../gateway/client/client.ts'
import { systemClock } from '../../runtime/clock.ts'
import { stateOf } from '../interrupts.ts'
import type { InterruptAccess, ScheduleAccess } from './backend.ts'
import { toTasklet } from './remote-tasks.ts'
import type { InterruptRow, ScheduleRow } from './rows.ts'

export function remoteSchedules({ schedules, tasks }: Client): ScheduleAccess {
  return {
    list: async () => (await schedules.list()).map(toScheduleRow),
    async next(id, count) {
      const instants = await schedules.next(id, count)
      const row = (await schedules.list()).map(toScheduleRow).find((each) => each.id === id)
      if (row === undefined) throw new InputError(`there is no schedule "${id}" any more`)
      const { zone, trigger, end } = row
      return { zone, trigger, end, instants }
    },
    run: async (id) => toTasklet(await tasks.get((await schedules.run(id)).id)),
    async setEnabled(id, isEnabled) {
      return toScheduleRow(await (isEnabled ? schedules.enable(id) : schedules.disable(id)))
    },
  }
}

export function remoteInterrupts({ interrupts }: Client): InterruptAccess {
  return {
    list: async () => (await interrupts.list()).map(toInterruptRow),
    async setEnabled(name, isEnabled) {
      return toInterruptRow(await (isEnabled ? interrupts.enable(name) : interrupts.disable(name)))
    },
  }
}

function toScheduleRow(schedule: Schemas['Schedule']): ScheduleRow {
  const { id, task, trigger, zone, enabled, misfire, overlap, jitter } = schedule
  const { next = null, firedAt = null, tasklet = null, start = null, end = null } = schedule
  return {
    ...{ id, task, trigger, zone, enabled, next, firedAt, tasklet },
    ...{ misfire, overlap, jitter, start, end },
  }
}

function toInterruptRow(interrupt: Schemas['Interrupt']): InterruptRow {
  const { name, enabled, when, run, scope, victims, cooldown, priority } = interrupt
  const { returnTo = null, firedAt = null, handler = null, cooldownUntil = null } = interrupt
  return {
    state: stateOf(interrupt, systemClock.now()),
    ...{ name, enabled, when, run, scope, victims, cooldown, returnTo, priority },
    ...{ firedAt, handler, cooldownUntil },
  }
}
