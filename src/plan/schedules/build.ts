import { optionalMilliseconds, toMilliseconds } from '../../core/duration.ts'
import { toPriority } from '../../core/priority.ts'
import type { Schedule, Trigger } from '../model.ts'
import { toInputTemplate, toWhere } from './input.ts'
import type { ScheduleDeclaration } from './schema.ts'

const DEFAULT_TIMEZONE = 'UTC'
/** How many instants `misfire: all` makes up for; `{all: n}` says another number. */
const MOST_MADE_UP = 1000

/** A schedule that passed every check. `tasks`: the names of all tasks of the plan. */
export function buildSchedule(
  plan: string,
  name: string,
  declaration: ScheduleDeclaration,
  tasks: ReadonlySet<string>,
): Schedule {
  const { task, misfire, overlap, jitter, start, end, enabled, priority, queue, tags } = declaration
  const trigger = toTrigger(plan, declaration, tasks)
  const isTimed = trigger.kind === 'cron' || trigger.kind === 'every'
  return {
    plan,
    name,
    task,
    trigger,
    input: toInputTemplate(declaration.input),
    misfire: toMisfire(misfire),
    overlap: overlap ?? (isTimed ? 'skip' : 'allow'),
    jitter: toMilliseconds(jitter ?? 0),
    start: start === undefined ? undefined : Date.parse(start),
    end: end === undefined ? undefined : Date.parse(end),
    enabled: enabled ?? true,
    priority: priority === undefined ? undefined : toPriority(priority),
    queue,
    tags: tags ?? [],
  }
}

function toTrigger(
  plan: string,
  declaration: ScheduleDeclaration,
  tasks: ReadonlySet<string>,
): Trigger {
  const { cron, timezone, every, on, where, after, files } = declaration
  if (cron !== undefined) return { kind: 'cron', cron, timezone: timezone ?? DEFAULT_TIMEZONE }
  if (every !== undefined) return { kind: 'every', every: optionalMilliseconds(every) ?? 0 }
  if (on !== undefined) return { kind: 'event', pattern: on, where: toWhere(where) }
  if (files !== undefined) return { kind: 'files', paths: files }
  if (after === undefined) return { kind: 'manual' }
  const { task, outcome = 'completed' } = after
  return {
    kind: 'outcome',
    task: tasks.has(task) ? `${plan}/${task}` : task,
    statuses: typeof outcome === 'string' ? [outcome] : outcome,
  }
}

function toMisfire(misfire: ScheduleDeclaration['misfire']): Schedule['misfire'] {
  if (typeof misfire === 'object') return { policy: 'all', limit: misfire.all }
  const policy = misfire ?? 'last'
  return { policy, limit: policy === 'all' ? MOST_MADE_UP : 1 }
}
