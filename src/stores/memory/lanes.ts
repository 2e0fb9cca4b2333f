import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store.ts'
import { Ordered } from './ordered.ts'

interface Lane {
  readonly plan: string
  readonly task: string
  readonly waiting: Ordered<Tasklet>
}

/** Sequences stay below it, so that one number holds (priority, sequence) exactly. */
const SEQUENCES = 2 ** 43

/**
 * The pending work, one lane for each task in each queue: so looking past a task that cannot run
 * costs the same however much of it waits. An entry whose record is no longer the current one is
 * dropped when it comes to the front.
 */
export class Lanes {
  readonly #queues = new Map<string, Map<string, Lane>>()
  readonly #isCurrent: (tasklet: Tasklet) => boolean

  constructor(isCurrent: (tasklet: Tasklet) => boolean) {
    this.#isCurrent = isCurrent
  }

  add(tasklet: Tasklet): void {
    this.#laneOf(tasklet).push(tasklet.priority * SEQUENCES + tasklet.sequence, tasklet)
  }

  /** Takes out up to `limit` tasklets that may run, in the order (priority, sequence). */
  take(request: ClaimRequest): Tasklet[] {
    const lanes = this.#runnable(request)
    const taken: Tasklet[] = []
    while (taken.length < request.limit) {
      const tasklet = nearest(lanes)?.pop()
      if (tasklet === undefined) break
      if (this.#isCurrent(tasklet)) taken.push(tasklet)
    }
    return taken
  }

  #laneOf(tasklet: Tasklet): Ordered<Tasklet> {
    let lanes = this.#queues.get(tasklet.queue)
    if (lanes === undefined) {
      lanes = new Map()
      this.#queues.set(tasklet.queue, lanes)
    }
    const task = fullTaskName(tasklet)
    let lane = lanes.get(task)
    if (lane === undefined) {
      lane = { plan: tasklet.plan, task, waiting: new Ordered() }
      lanes.set(task, lane)
    }
    return lane.waiting
  }

  #runnable({ queue, knownPlans, skipTasks }: ClaimRequest): Ordered<Tasklet>[] {
    const found: Ordered<Tasklet>[] = []
    for (const { plan, task, waiting } of this.#queues.get(queue)?.values() ?? []) {
      const empty = waiting.lowest() === Number.POSITIVE_INFINITY
      if (!empty && knownPlans.includes(plan) && !skipTasks.includes(task)) found.push(waiting)
    }
    return found
  }
}

function nearest(lanes: readonly Ordered<Tasklet>[]): Ordered<Tasklet> | undefined {
  let best = lanes[0]
  for (const lane of lanes) if (best !== undefined && lane.lowest() < best.lowest()) best = lane
  return best
}
