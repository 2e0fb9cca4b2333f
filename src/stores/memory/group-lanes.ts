import { type Ageing, effectivePriority } from '../../core/priority.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { hasExpired, readySince } from '../moves.ts'
import type { Head } from '../selection.ts'
import { Ordered } from './ordered.ts'

/** What of the waiting work may still run, as those who keep the records know it. */
export interface Upkeep {
  isCurrent(tasklet: Tasklet): boolean
  /** Takes over a pending record that nobody may start any more. */
  setAside(expired: Tasklet): void
}

/** Pending tasklets of one queue, task, group and priority, by rank. */
export interface Lane {
  readonly priority: number
  readonly waiting: Ordered<Tasklet>
}

/**
 * The lanes of one group of a task. It stands for their first tasklet: `refresh` finds it, and
 * until then `priority` and `rank` are those of the time before.
 */
export class GroupLanes implements Head {
  readonly plan: string
  readonly task: string
  readonly group: string | undefined
  priority = 0
  rank = Number.POSITIVE_INFINITY
  turn = 0
  /** Whether the queue looks at it; one that has run empty is looked at no more. */
  isListed = false
  /** Ascending by priority. */
  #lanes: Lane[] = []
  /** Lanes before this index are empty. */
  #first = 0
  #front: Lane | undefined

  constructor(plan: string, task: string, group: string | undefined) {
    this.plan = plan
    this.task = task
    this.group = group
  }

  add(tasklet: Tasklet, rank: number): void {
    const index = this.#indexOf(tasklet.priority)
    if (index < this.#first) this.#first = index
    this.#lanes[index]?.waiting.push(rank, tasklet)
  }

  /** Finds the tasklet that runs first; false when there is none. */
  refresh(upkeep: Upkeep, now: number, ageing: Ageing | undefined): boolean {
    this.#front = undefined
    for (let index = this.#first; index < this.#lanes.length; index += 1) {
      const lane = this.#lanes[index]
      const first = lane && firstOf(lane, upkeep, now)
      if (lane === undefined || first === undefined) {
        if (index === this.#first) this.#first += 1
        continue
      }
      this.#consider(lane, first, now, ageing)
      if (ageing === undefined) break
    }
    return this.#front !== undefined
  }

  /** Takes out what `refresh` found. */
  take(): Tasklet | undefined {
    return this.#front?.waiting.pop()
  }

  /** Everything that waits, and what does not wait any more but was not yet dropped. */
  items(): Tasklet[] {
    return this.#lanes.flatMap(({ waiting }) => waiting.items())
  }

  /** Without its tasklets. */
  empty(): GroupLanes {
    const empty = new GroupLanes(this.plan, this.task, this.group)
    empty.turn = this.turn
    return empty
  }

  copy(): GroupLanes {
    const copy = this.empty()
    copy.#first = this.#first
    copy.#lanes = this.#lanes.map(({ priority, waiting }) => ({
      priority,
      waiting: waiting.copy(),
    }))
    return copy
  }

  #consider(lane: Lane, first: Tasklet, now: number, ageing: Ageing | undefined): void {
    const rank = lane.waiting.lowest()
    const priority =
      ageing === undefined
        ? lane.priority
        : effectivePriority(lane.priority, readySince(first), now, ageing)
    const isBetter =
      this.#front === undefined ||
      priority < this.priority ||
      (priority === this.priority && rank < this.rank)
    if (!isBetter) return
    this.#front = lane
    this.priority = priority
    this.rank = rank
  }

  /** By bisection: there may be as many lanes as priorities. */
  #indexOf(priority: number): number {
    let low = 0
    let high = this.#lanes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#lanes[middle]?.priority ?? 0) < priority) low = middle + 1
      else high = middle
    }
    if (this.#lanes[low]?.priority !== priority) {
      this.#lanes.splice(low, 0, { priority, waiting: new Ordered() })
      if (low < this.#first) this.#first = low
    }
    return low
  }
}

function firstOf({ waiting }: Lane, upkeep: Upkeep, now: number): Tasklet | undefined {
  for (let first = waiting.peek(); first !== undefined; first = waiting.peek()) {
    const isCurrent = upkeep.isCurrent(first)
    if (isCurrent && !hasExpired(first, now)) return first
    waiting.pop()
    if (isCurrent) upkeep.setAside(first)
  }
  return undefined
}
