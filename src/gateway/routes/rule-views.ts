import type { Interrupt, Schedule } from '../../plan/model.ts'
import type { Runtime } from '../../runtime/runtime.ts'

/** How schedules stand, and what their plans say of them. */
export function scheduleViews(runtime: Runtime) {
  const declared = byName(runtime.plans.flatMap(({ schedules }) => schedules))
  return runtime.schedules.list().flatMap((info) => {
    const schedule = declared.get(info.id)
    if (schedule === undefined) return []
    const { misfire, overlap, jitter, start, end } = schedule
    return [{ ...info, zone: zoneOf(schedule), misfire, overlap, jitter, start, end }]
  })
}

/** How interrupts stand, and what their plans say of them. */
export function interruptViews(runtime: Runtime) {
  const declared = byName(runtime.plans.flatMap(({ interrupts }) => interrupts))
  return runtime.interrupts.list().flatMap((info) => {
    const rule = declared.get(info.name)
    if (rule === undefined) return []
    const { run, victims, cooldown, returnTo, priority } = rule
    return [{ ...info, run, victims, cooldown, returnTo, priority }]
  })
}

/** The zone that the times of a schedule are meant in; that of this machine where it says none. */
function zoneOf({ trigger }: Schedule): string {
  if (trigger.kind === 'cron') return trigger.timezone
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

function byName<Rule extends Schedule | Interrupt>(rules: readonly Rule[]) {
  return new Map(rules.map((rule) => [`${rule.plan}/${rule.name}`, rule]))
}
