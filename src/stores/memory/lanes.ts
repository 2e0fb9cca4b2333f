import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Budgets } from '../budgets.ts'
import type { LastDeliveries } from '../last-deliveries.ts'
import { firstToRun } from '../selection.ts'
import { GroupLanes, type Upkeep } from './group-lanes.ts'

type Groups = Map<string | undefined, GroupLanes>

type Last = LastDeliveries<string> | undefined

/** What decides on a tasklet whose turn it is. */
interface Rules {
  readonly budgets: Budgets | undefined
  readonly last: Last
  readonly upkeep: Upkeep
}

interface QueueLanes {
  readonly byPlan: Map<string, Map<string, Groups>>
  /** Those that may have something waiting. */
  listed: GroupLanes[]
}

/**
 * The pending work, one lane for each task, group and priority in each queue: so looking past what
 * cannot run costs the same however much of it waits, and nearly every lane only grows at its end.
 * An entry whose record is no longer the current one is dropped when it comes to the front.
 */
export class Lanes {
  readonly #queues = new Map<string, QueueLanes>()
  readonly #expired = new Set<Tasklet>()
  readonly #upkeep: Upkeep
  /** For copies, which take nothing over. */
  readonly #spectator: Upkeep
  readonly #rankOf: (tasklet: Tasklet) => number
  readonly #find: (id: string) => Tasklet | undefined
  #turn = 0
  /** Where the last one went, as the next mostly goes there too. */
  #latest: { readonly of: Tasklet; readonly lanes: GroupLanes } | undefined

  constructor(
    isCurrent: (tasklet: Tasklet) => boolean,
    rankOf: (tasklet: Tasklet) => number,
    find: (id: string) => Tasklet | undefined,
  ) {
    this.#upkeep = { isCurrent, setAside: (expired) => this.#expired.add(expired) }
    this.#spectator = { isCurrent, setAside: () => {} }
    this.#rankOf = rankOf
    this.#find = find
  }

  add(tasklet: Tasklet): void {
    const lanes = this.#lanesOf(tasklet)
    lanes.add(tasklet, this.#rankOf(tasklet))
    if (lanes.isListed) return
    lanes.isListed = true
    this.#queueOf(tasklet.queue).listed.push(lanes)
  }

  /** Takes out up to `limit` tasklets that may run, first to run first. */
  take(request: ClaimRequest, budgets: Budgets | undefined, last: Last): Tasklet[] {
    if (request.ids !== undefined) return this.#takeChosen(request, request.ids, budgets, last)
    const queue = this.#queues.get(request.queue)
    if (queue === undefined) return []
    const rules = { budgets, last, upkeep: this.#upkeep }
    const taken = this.#select(this.#runnable(request), request, rules)
    this.#turn += taken.length
    queue.listed = queue.listed.filter((lanes) => lanes.isListed)
    return taken
  }

  /** What `take` would take out. */
  preview(request: ClaimRequest, budgets: Budgets | undefined, last: Last): Tasklet[] {
    const { ids } = request
    const copies =
      ids === undefined
        ? this.#runnable(request).map((lanes) => lanes.copy())
        : [...this.#chosen(request, ids).values()]
    return this.#select(copies, request, { budgets, last, upkeep: this.#spectator })
  }

  /** When the first tasklet may start that nothing but rate limits keeps back. */
  opensAt(request: ClaimRequest, budgets: Budgets): number | undefined {
    const { ids } = request
    const isAll = ids === undefined
    const groups = isAll ? this.#runnable(request) : [...this.#chosen(request, ids).values()]
    const upkeep = isAll ? this.#upkeep : this.#spectator
    const openings = groups
      .filter((lanes) => lanes.refresh(upkeep, request.now, request.ageing))
      .flatMap(({ task, group }) => budgets.opensAt(task, group) ?? [])
    return openings.length === 0 ? undefined : Math.min(...openings)
  }

  /** Every pending tasklet of the queue, in no particular order. */
  waiting(queue: string): Tasklet[] {
    const items = (this.#queues.get(queue)?.listed ?? []).flatMap((lanes) => lanes.items())
    for (const expired of this.#expired) {
      if (!this.#upkeep.isCurrent(expired)) this.#expired.delete(expired)
      else if (expired.queue === queue) items.push(expired)
    }
    return items.filter((tasklet) => this.#upkeep.isCurrent(tasklet))
  }

  /** Takes from the given ones only; they stay in their lanes until they come to the front there. */
  #takeChosen(
    request: ClaimRequest,
    ids: readonly string[],
    budgets: Budgets | undefined,
    last: Last,
  ): Tasklet[] {
    const chosen = this.#chosen(request, ids)
    const rules = { budgets, last, upkeep: this.#spectator }
    const taken = this.#select([...chosen.values()], request, rules)
    for (const [lanes, { turn }] of chosen) lanes.turn = turn
    this.#turn += taken.length
    return taken
  }

  /** Lanes that hold only the given tasklets, by those of which they are a part. */
  #chosen(request: ClaimRequest, ids: readonly string[]): Map<GroupLanes, GroupLanes> {
    const chosen = new Map<GroupLanes, GroupLanes>()
    for (const id of new Set(ids)) {
      const tasklet = this.#find(id)
      if (tasklet?.status !== 'pending' || tasklet.queue !== request.queue) continue
      const lanes = this.#findLanes(tasklet)
      if (!mayRun(lanes, request)) continue
      const part = getOrAdd(chosen, lanes, () => lanes.empty())
      part.add(tasklet, this.#rankOf(tasklet))
    }
    return chosen
  }

  /** The lanes of the queue that may have something for the request. */
  #runnable(request: ClaimRequest): GroupLanes[] {
    const listed = this.#queues.get(request.queue)?.listed ?? []
    return listed.filter((lanes) => mayRun(lanes, request))
  }

  #select(
    groups: readonly GroupLanes[],
    request: ClaimRequest,
    { budgets, last, upkeep }: Rules,
  ): Tasklet[] {
    const { limit, now, ageing } = request
    const heads = groups.filter((lanes) => {
      lanes.isListed = lanes.refresh(upkeep, now, ageing)
      return lanes.isListed
    })
    const taken: Tasklet[] = []
    const passedOver: [GroupLanes, Tasklet][] = []
    while (taken.length < limit) {
      const head = firstToRun(heads)
      if (head === undefined) break
      const isAdmitted = budgets?.admits(head.task, head.group) ?? true
      const tasklet = isAdmitted ? head.take() : undefined
      if (tasklet !== undefined) {
        if (last?.admits(tasklet.id) ?? true) {
          taken.push(tasklet)
          budgets?.spend(head.task, head.group)
          head.turn = this.#turn + taken.length
        } else {
          passedOver.push([head, tasklet])
        }
        if (head.refresh(upkeep, now, ageing)) continue
        head.isListed = false
      }
      heads.splice(heads.indexOf(head), 1)
    }
    this.#putBack(passedOver)
    return taken
  }

  #putBack(passedOver: readonly (readonly [GroupLanes, Tasklet])[]): void {
    for (const [lanes, tasklet] of passedOver) {
      lanes.add(tasklet, this.#rankOf(tasklet))
      lanes.isListed = true
    }
  }

  #lanesOf(tasklet: Tasklet): GroupLanes {
    const latest = this.#latest
    if (latest !== undefined && isAlike(latest.of, tasklet)) return latest.lanes
    const lanes = this.#findLanes(tasklet)
    this.#latest = { of: tasklet, lanes }
    return lanes
  }

  #findLanes(tasklet: Tasklet): GroupLanes {
    const { plan, task, group } = tasklet
    const tasks = getOrAdd(this.#queueOf(tasklet.queue).byPlan, plan, () => new Map())
    const groups: Groups = getOrAdd(tasks, task, () => new Map())
    return getOrAdd(groups, group, () => new GroupLanes(plan, fullTaskName(tasklet), group))
  }

  #queueOf(queue: string): QueueLanes {
    return getOrAdd(this.#queues, queue, () => ({ byPlan: new Map(), listed: [] }))
  }
}

function isAlike(one: Tasklet, other: Tasklet): boolean {
  return (
    one.queue === other.queue &&
    one.task === other.task &&
    one.plan === other.plan &&
    one.group === other.group
  )
}

function mayRun({ plan, task }: GroupLanes, request: ClaimRequest): boolean {
  const { knownPlans, skipTasks, onlyTasks } = request
  return (
    knownPlans.includes(plan) &&
    !skipTasks.includes(task) &&
    (onlyTasks === undefined || onlyTasks.includes(task))
  )
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
