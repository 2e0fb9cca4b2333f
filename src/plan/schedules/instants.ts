import { Cron } from 'croner'
import type { Schedule } from '../model.ts'
import { latestLocal, toInstant } from './zone.ts'

/** What the instants of a schedule are computed from; times are milliseconds since the epoch. */
export type Timetable = Pick<Schedule, 'trigger' | 'start' | 'end'>

export interface Span {
  /** Exclusive. */
  readonly after: number
  /** Inclusive. */
  readonly until: number
  /** At most so many, the newest. */
  readonly limit: number
}

/**
 * The first instant after a time; undefined: there is none any more. It depends on the schedule
 * alone, never on what ran. A local time that does not exist is the instant at which clocks are put
 * forward over it; one that exists twice is the first of the two.
 */
export function nextInstant({ trigger, start, end }: Timetable, after: number): number | undefined {
  const from = start === undefined ? after : Math.max(after, start - 1)
  const next = nextOf(trigger, from, start)
  return next === undefined || (end !== undefined && next > end) ? undefined : next
}

/** The next instants after a time, in order. */
export function nextInstants(timetable: Timetable, after: number, count: number): number[] {
  const instants: number[] = []
  let next = nextInstant(timetable, after)
  while (next !== undefined && instants.length < count) {
    instants.push(next)
    next = nextInstant(timetable, next)
  }
  return instants
}

/** The newest instants in a span, oldest first. However long the span is, it costs what they do. */
export function latestInstants({ trigger, start, end }: Timetable, span: Span): number[] {
  const after = start === undefined ? span.after : Math.max(span.after, start - 1)
  const until = end === undefined ? span.until : Math.min(span.until, end)
  const bounded = { after, until, limit: span.limit }
  if (until <= after) return []
  if (trigger.kind === 'every') return latestMultiples(trigger.every, start ?? 0, bounded)
  if (trigger.kind === 'cron') return latestOfCron(trigger.cron, trigger.timezone, bounded)
  return []
}

export interface CronMistake {
  readonly message: string
  /** The part of the text that is wrong; undefined: all of it. */
  readonly part: string | undefined
}

const FIELDS = ['second', 'minute', 'hour', 'day of month', 'month', 'day of week'] as const
const MOST_FIELDS = FIELDS.length

/** What is wrong with a cron text; undefined: nothing. */
export function findCronMistake(cron: string): CronMistake | undefined {
  const failure = failureOf(cron)
  if (failure === undefined) {
    if (cronOf(cron).nextRun(new Date(0)) !== null) return undefined
    return { message: 'no day is ever like that, so it would never fire', part: undefined }
  }
  const parts = cron.trim().split(/\s+/)
  if (parts.length < MOST_FIELDS - 1 || parts.length > MOST_FIELDS) {
    if (cron.trim().startsWith('@')) return { message: failure, part: undefined }
    const count = cron.trim() === '' ? 0 : parts.length
    const message = `a cron text has 5 fields, or 6 with seconds, and this has ${count}`
    return { message, part: undefined }
  }
  const offset = MOST_FIELDS - parts.length
  const at = parts.findIndex((part, index) => failureOf(alone(part, index, parts.length)))
  const part = parts[at]
  if (part === undefined) return { message: failure, part: undefined }
  return { message: `the ${FIELDS[at + offset]} "${part}" cannot be: ${failure}`, part }
}

/** The field between fields that are right. */
function alone(part: string, at: number, length: number): string {
  return Array.from({ length }, (_, index) => (index === at ? part : '*')).join(' ')
}

function failureOf(cron: string): string | undefined {
  try {
    cronOf(cron)
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return message.replace(/^CronPattern: /, '')
  }
}

const crons = new Map<string, Cron>()
const MOST_CRONS = 1000

/** As if local time were UTC, so that the rule for clocks that change is ours alone. */
function cronOf(cron: string): Cron {
  const known = crons.get(cron)
  if (known !== undefined) return known
  const made = new Cron(cron, { timezone: 'UTC', mode: '5-or-6-parts' })
  if (crons.size >= MOST_CRONS) crons.clear()
  crons.set(cron, made)
  return made
}

function nextOf(
  trigger: Schedule['trigger'],
  after: number,
  start: number | undefined,
): number | undefined {
  if (trigger.kind === 'every') {
    const origin = start ?? 0
    return origin + (Math.floor((after - origin) / trigger.every) + 1) * trigger.every
  }
  return trigger.kind === 'cron' ? nextOfCron(trigger.cron, trigger.timezone, after) : undefined
}

function nextOfCron(text: string, timezone: string, after: number): number | undefined {
  const cron = cronOf(text)
  let local = cron.nextRun(new Date(latestLocal(after, timezone)))
  while (local !== null) {
    const instant = toInstant(local.getTime(), timezone)
    // Several local times that do not exist are one instant.
    if (instant > after) return instant
    local = cron.nextRun(local)
  }
  return undefined
}

function latestMultiples(every: number, origin: number, { after, until, limit }: Span): number[] {
  const instants: number[] = []
  let instant = origin + Math.floor((until - origin) / every) * every
  for (; instant > after && instants.length < limit; instant -= every) instants.push(instant)
  return instants.reverse()
}

function latestOfCron(text: string, timezone: string, { after, until, limit }: Span): number[] {
  const cron = cronOf(text)
  const instants: number[] = []
  // The last local time counts too, and `previousRuns` leaves its reference out.
  let reference = new Date(latestLocal(until, timezone) + 1)
  while (instants.length < limit) {
    const [local] = cron.previousRuns(1, reference)
    if (local === undefined) break
    const instant = toInstant(local.getTime(), timezone)
    if (instant <= after) break
    if (instant <= until && instant !== instants.at(-1)) instants.push(instant)
    reference = local
  }
  return instants.reverse()
}
