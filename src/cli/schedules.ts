import type { Schedule } from '../plan/model.ts'
import { nextInstant } from '../plan/schedules/instants.ts'
import { describeTrigger } from '../plan/schedules/trigger-text.ts'
import type { Store } from '../ports/store.ts'
import {
  definitionOf,
  isEnabled,
  ScheduleFact,
  type ScheduleMemory,
  switched,
} from '../runtime/schedules/memory.ts'
import { fullScheduleName } from '../runtime/schedules/names.ts'
import type { ScheduleRow } from './backend/rows.ts'

/** Without a store nothing is remembered yet. */
export async function readSchedule(
  schedule: Schedule,
  store: Store | undefined,
  now: number,
): Promise<ScheduleRow> {
  const memory = store ? await new ScheduleFact(schedule, store).read() : {}
  return toRow(schedule, memory, now)
}

/** A running process hears of it when it next looks at its store. */
export async function switchSchedule(
  schedule: Schedule,
  store: Store,
  enabled: boolean,
  now: number,
): Promise<ScheduleRow> {
  const fact = new ScheduleFact(schedule, store)
  const memory = await fact.change((known) => switched(schedule, known, enabled, now))
  return toRow(schedule, memory, now)
}

/** What no process has seen to yet comes first, even where its time has passed. */
function toRow(schedule: Schedule, memory: ScheduleMemory, now: number): ScheduleRow {
  const { plan, task, trigger, misfire, overlap, jitter, start = null, end = null } = schedule
  const enabled = isEnabled(schedule, memory)
  const isSame = memory.definition === definitionOf(schedule)
  const from = isSame ? (memory.lastInstant ?? now) : now
  const next = enabled ? nextInstant(schedule, from) : undefined
  return {
    id: fullScheduleName(schedule),
    task: `${plan}/${task}`,
    trigger: describeTrigger(trigger),
    zone: zoneOf(schedule),
    ...{ enabled, next: next ?? null, firedAt: memory.firedAt ?? null },
    tasklet: memory.tasklet ?? null,
    ...{ misfire, overlap, jitter, start, end },
  }
}

/** The zone that the times of a schedule are meant in; that of this machine where it says none. */
export function zoneOf({ trigger }: Schedule): string {
  if (trigger.kind === 'cron') return trigger.timezone
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** `2026-03-29 03:00:00 +02:00` */
export function formatLocal(instant: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')
    ?.value.replace('GMT', '')
  return `${format.format(instant)} ${offset || '+00:00'}`
}
