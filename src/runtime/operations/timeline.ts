import { InputError } from '../../core/errors.ts'
import type { Status } from '../../core/status.ts'
import { fullTaskName, type Tasklet, type Trail } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Page } from '../../ports/store-messages.ts'

export interface TimelineServices {
  readonly store: Store
  readonly clock: Clock
  /** When the handler of a tasklet that runs in this process started; milliseconds. */
  executingSince(id: string): number | undefined
}

export interface TimelineOptions {
  /** Only this tasklet; whatever else is asked for is left aside. */
  readonly id?: string
  readonly plan?: string
  /** A tag; `project` is another name for it. */
  readonly tag?: string
  readonly project?: string
  /** Created at or after this time; milliseconds since the epoch. */
  readonly since?: number
  /** An integer ≥ 1; 100 unless given. */
  readonly limit?: number
  readonly cursor?: string | undefined
}

/** Times are milliseconds since the epoch, durations milliseconds; starts are those of the last delivery. */
export interface TimelineEntry {
  readonly id: string
  /** `plan/task` */
  readonly task: string
  readonly status: Status
  readonly queuedAt: number
  readonly startedAt: number | undefined
  /** When everything was granted and the world was in the required state. */
  readonly preparedAt: number | undefined
  readonly settledAt: number | undefined
  /** From submission to start, or until now. */
  readonly waited: number
  /** From start to settlement, or until now. */
  readonly ran: number | undefined
  readonly attempts: number
  /** What the preparation did to the world. */
  readonly trail: TrailSummary | undefined
}

export interface TrailSummary {
  readonly from: string | undefined
  readonly target: string
  readonly moved: number
  readonly failed: number
  readonly duration: number
}

const DEFAULT_LIMIT = 100

/** What was submitted and when it went through its stations, newest first. */
export async function readTimeline(
  services: TimelineServices,
  options: TimelineOptions = {},
): Promise<Page<TimelineEntry>> {
  const { id, plan, tag, project, since, limit = DEFAULT_LIMIT, cursor } = options
  const now = services.clock.now()
  if (id !== undefined) {
    return {
      items: (await services.store.getMany([id])).map((each) => toEntry(each, services, now)),
    }
  }
  if (tag !== undefined && project !== undefined) {
    throw new InputError('give either tag or project, not both')
  }
  const filter = { plan, tag: tag ?? project, since, limit, cursor }
  const { items, cursor: next } = await services.store.list(filter)
  return { items: items.map((item) => toEntry(item, services, now)), cursor: next }
}

function toEntry(tasklet: Tasklet, services: TimelineServices, now: number): TimelineEntry {
  const { id, status, createdAt, startedAt, settledAt, attempts, trail } = tasklet
  return {
    id,
    task: fullTaskName(tasklet),
    status,
    queuedAt: createdAt,
    startedAt,
    preparedAt: services.executingSince(id) ?? preparedAtOf(tasklet),
    settledAt,
    waited: (startedAt ?? settledAt ?? now) - createdAt,
    ran: startedAt === undefined ? undefined : ranOf(tasklet, startedAt, now),
    attempts,
    trail: trail && summaryOf(trail),
  }
}

/** A settled record says how long its handler ran, and so when it began. */
function preparedAtOf({ settledAt, actualDuration }: Tasklet): number | undefined {
  if (settledAt === undefined || actualDuration === undefined) return undefined
  return settledAt - actualDuration
}

/** One that waits again was put back when it last changed. */
function ranOf({ status, settledAt, updatedAt }: Tasklet, startedAt: number, now: number): number {
  if (status === 'running') return now - startedAt
  return (settledAt ?? updatedAt) - startedAt
}

function summaryOf({ from, target, steps }: Trail): TrailSummary {
  const moved = steps.filter(({ outcome }) => outcome === 'moved').length
  const duration = steps.reduce((sum, step) => sum + step.duration, 0)
  return { from, target, moved, failed: steps.length - moved, duration }
}
