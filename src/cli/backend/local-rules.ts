import { nextInstants } from '../../plan/schedules/instants.ts'
import { describeTrigger } from '../../plan/schedules/trigger-text.ts'
import { systemClock } from '../../runtime/clock.ts'
import { readInterrupt, switchInterrupt } from '../interrupts.ts'
import { findInterrupt, findSchedule } from '../plans.ts'
import { readSchedule, switchSchedule, zoneOf } from '../schedules.ts'
import { submitScheduled } from '../submission.ts'
import type { InterruptAccess, ScheduleAccess } from './backend.ts'
import type { LocalParts } from './local-parts.ts'

const { now } = systemClock

export function localSchedules({ database, plans }: LocalParts): ScheduleAccess {
  const around = (id: string) => plans.around(planOf(id))
  return {
    async list() {
      const schedules = (await plans.usable()).flatMap((plan) => plan.schedules)
      const store = await database.ifAny()
      return Promise.all(schedules.map((schedule) => readSchedule(schedule, store, now())))
    },
    async next(id, count) {
      const schedule = findSchedule(await around(id), id)
      const { trigger, end = null } = schedule
      const instants = nextInstants(schedule, now(), count)
      return { zone: zoneOf(schedule), trigger: describeTrigger(trigger), end, instants }
    },
    async run(id) {
      const known = await around(id)
      const schedule = findSchedule(known, id)
      return (await submitScheduled(await database.made(), known, schedule)).tasklet
    },
    async setEnabled(id, isEnabled) {
      const schedule = findSchedule(await around(id), id)
      return switchSchedule(schedule, await database.made(), isEnabled, now())
    },
  }
}

export function localInterrupts({ database, plans }: LocalParts): InterruptAccess {
  return {
    async list() {
      const rules = (await plans.usable()).flatMap(({ interrupts }) => interrupts)
      const store = await database.ifAny()
      return Promise.all(rules.map((rule) => readInterrupt(rule, store, now())))
    },
    async setEnabled(name, isEnabled) {
      const rule = findInterrupt(await plans.around(planOf(name)), name)
      return switchInterrupt(rule, await database.made(), isEnabled, now())
    },
  }
}

/** The plan in a name like `plan/schedule`. */
function planOf(fullName: string): string {
  return fullName.split('/', 1).join()
}
