import type { ClaimRequest, RateLimit } from '../ports/store-messages.ts'

/** What was in use before a claim. Tasklets without a group form a group of their own. */
export interface Usage {
  /** Running tasklets of the group of the task, in every queue. */
  running(task: string, group: string | undefined): number
  /** The time of the start that so many noted ones of the window ended with: 1 is the latest. */
  latestStart(window: string, nth: number): number | undefined
}

/** The name of the window in which a start counts. */
export function windowOf({ key, perGroup }: RateLimit, group: string | undefined): string {
  return perGroup ? JSON.stringify([key, group ?? null]) : key
}

/** One text for a task and a group of it. */
export function groupKey(task: string, group: string | undefined): string {
  return group === undefined ? task : `${task} ${group}`
}

/** The budgets of a request; undefined when it has no limits at all. */
export function budgetsOf(request: ClaimRequest, usage: Usage): Budgets | undefined {
  const { taskLimits, groupLimits, rateLimits } = request
  if (taskLimits === undefined && groupLimits === undefined && !rateLimits?.length) return undefined
  return new Budgets(request, usage)
}

/** What the limits of one claim leave room for, as it goes on. */
export class Budgets {
  /** How many starts this claim has to note in each window. */
  readonly started = new Map<string, number>()
  readonly #byTask = new Map<string, number>()
  readonly #byGroup = new Map<string, number>()
  readonly #request: ClaimRequest
  readonly #usage: Usage

  constructor(request: ClaimRequest, usage: Usage) {
    this.#request = request
    this.#usage = usage
  }

  /** Whether one more tasklet of the group may start. */
  admits(task: string, group: string | undefined): boolean {
    if (!this.#hasRoom(task, group)) return false
    return this.#ratesOf(task).every((rate) => this.#opening(rate, group) === undefined)
  }

  /** When the group may go on, if nothing but rate limits keeps it back. */
  opensAt(task: string, group: string | undefined): number | undefined {
    if (!this.#hasRoom(task, group)) return undefined
    const openings = this.#ratesOf(task).flatMap((rate) => this.#opening(rate, group) ?? [])
    const last = Math.max(...openings)
    return Number.isFinite(last) ? last : undefined
  }

  /** Counts one that starts. */
  spend(task: string, group: string | undefined): void {
    count(this.#byTask, task)
    count(this.#byGroup, groupKey(task, group))
    // Limits that share a window count a start in it once.
    const windows = new Set(this.#ratesOf(task).map((rate) => windowOf(rate, group)))
    for (const window of windows) count(this.started, window)
  }

  #hasRoom(task: string, group: string | undefined): boolean {
    const { taskLimits, groupLimits } = this.#request
    const perTask = taskLimits?.[task]
    if (perTask !== undefined && (this.#byTask.get(task) ?? 0) >= perTask) return false
    const perGroup = groupLimits?.[task]
    if (perGroup === undefined) return true
    const claimed = this.#byGroup.get(groupKey(task, group)) ?? 0
    return this.#usage.running(task, group) + claimed < perGroup
  }

  /** When the window has room again; undefined when it has. */
  #opening(rate: RateLimit, group: string | undefined): number | undefined {
    const { now } = this.#request
    const window = windowOf(rate, group)
    const left = rate.count - (this.started.get(window) ?? 0)
    if (left <= 0) return rate.count <= 0 ? Number.POSITIVE_INFINITY : now + rate.per
    const start = this.#usage.latestStart(window, left)
    return start === undefined || start + rate.per <= now ? undefined : start + rate.per
  }

  #ratesOf(task: string): readonly RateLimit[] {
    return this.#request.rateLimits?.filter(({ tasks }) => tasks.includes(task)) ?? []
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
