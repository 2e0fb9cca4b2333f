import { type Command, InvalidArgumentError } from 'commander'
import { toMilliseconds } from '../core/duration.ts'
import type { ListFilter } from '../ports/store-messages.ts'
import { systemClock } from '../runtime/clock.ts'

/** What narrows a listing down to some tasklets, as every command that lists takes it. */
export interface FilterOptions {
  readonly plan?: string
  readonly task?: string
  readonly queue?: string
  readonly tag?: string
  readonly group?: string
  readonly text?: string
  readonly since?: number
}

export type TaskletFilter = Omit<ListFilter, 'status' | 'replayed' | 'limit' | 'cursor'>

export function addFilterOptions(command: Command): Command {
  return command
    .option('--plan <name>', 'only of this plan')
    .option('--task <name>', 'only of this task: its name, or plan/task')
    .option('--queue <name>', 'only of this queue')
    .option('--tag <tag>', 'only with this tag')
    .option('--group <group>', 'only of this group')
    .option('--text <words>', 'only with these words in input, error or tags; word* for beginnings')
    .option('--since <time>', 'only created since: 2h, 1d, or a date such as 2026-05-01', toTime)
}

export function toFilter(options: FilterOptions): TaskletFilter {
  const { plan, task, queue, tag, group, text, since } = options
  const common = { queue, tag, group, text, since }
  const slash = task?.indexOf('/') ?? -1
  // A task of the tasks folder has slashes in its own name: with --plan, --task is all of it.
  if (task === undefined || slash < 0 || plan !== undefined) return { ...common, plan, task }
  return { ...common, plan: task.slice(0, slash), task: task.slice(slash + 1) }
}

/** Whether anything was given that narrows the listing. */
export function isNarrowed(filter: TaskletFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

const ISO_DATE = /^\d{4}-\d\d-\d\d/

/**
 * Milliseconds since the epoch, for a duration before now or a date.
 * @throws {InvalidArgumentError} for anything else.
 */
export function toTime(text: string): number {
  const at = ISO_DATE.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(at)) return at
  try {
    return systemClock.now() - toMilliseconds(text)
  } catch {
    throw new InvalidArgumentError('Give a duration such as 30m, 2h or 1d, or a date.')
  }
}
