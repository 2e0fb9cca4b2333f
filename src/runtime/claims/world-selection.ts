import { type Ageing, effectivePriority } from '../../core/priority.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Task } from '../../plan/model.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import { type Contender, needsWorldAlone } from '../grants/affinity.ts'
import type { Grants } from '../grants/grants.ts'
import { toContender, type WorldSituation } from '../grants/world-turns.ts'
import type { Registry } from '../plans/registry.ts'

export interface WorldSelectionServices {
  readonly store: Pick<Store, 'candidates'>
  readonly grants: Grants
  readonly registry: Registry
}

/** What of the work for one world is left in the store, and of what at most one is claimed. */
interface Selection {
  readonly skip: readonly Task[]
  readonly one?: string | undefined
}

/**
 * Chooses between work that needs one world in different states: what a claim would otherwise bring
 * in the order of the queue, moving the world back and forth. Only heads are asked for: at most two
 * for each plan that declares such work.
 */
export class WorldSelection {
  readonly #services: WorldSelectionServices

  constructor(services: WorldSelectionServices) {
    this.#services = services
  }

  /** The request, narrowed to the work whose turn it is; the tasks of `toWait` stay as they are. */
  async narrow(request: ClaimRequest, toWait: readonly string[]): Promise<ClaimRequest> {
    const { registry } = this.#services
    if (registry.rules.rivals.size === 0) return request
    let narrowed = request
    for (const [plan, tasks] of registry.rules.rivals) {
      const { skip, one } = await this.#select(plan, tasks, request)
      const names = skip.map(nameOf).filter((name) => !toWait.includes(name))
      const isBound = one !== undefined && !toWait.includes(one)
      narrowed = {
        ...narrowed,
        skipTasks: [...new Set([...narrowed.skipTasks, ...names])],
        taskLimits: isBound ? { ...narrowed.taskLimits, [one]: 1 } : narrowed.taskLimits,
      }
    }
    return narrowed
  }

  async #select(plan: string, tasks: readonly Task[], request: ClaimRequest): Promise<Selection> {
    const { grants } = this.#services
    const world = grants.world(plan)
    if (world.hold === 'moving') return NOTHING
    const able = tasks.filter((task) => grants.allowance(task) > 0)
    // Who cannot even join has nothing to yield.
    if (able.length === 0) return NOTHING
    if (world.hold === 'held') return this.#selectForHeld(world, tasks, able, request)
    return this.#selectForFree(world, able, request)
  }

  /** Others wait until it is free anyway; those that it serves may have to let it become so. */
  async #selectForHeld(
    world: WorldSituation,
    tasks: readonly Task[],
    able: readonly Task[],
    request: ClaimRequest,
  ): Promise<Selection> {
    const other = await this.#head(
      tasks.filter((task) => !world.serves(toWish(task))),
      request,
    )
    if (other === undefined && !world.yields(undefined, undefined)) return NOTHING
    const served = await this.#head(able, request)
    if (served === undefined) return NOTHING
    const { now, ageing } = request
    const isMoved = world.yields(contender(served, now, ageing), contender(other, now, ageing))
    return isMoved ? { skip: able } : NOTHING
  }

  /** One is claimed, which prepares it; what can share the world follows when it is verified. */
  async #selectForFree(
    world: WorldSituation,
    able: readonly Task[],
    request: ClaimRequest,
  ): Promise<Selection> {
    const servedTasks = able.filter((task) => world.serves(toWish(task)))
    const others = able.filter((task) => !servedTasks.includes(task))
    const served = await this.#head(servedTasks, request)
    const other = await this.#head(others, request)
    const { now, ageing } = request
    const isMoved = world.yields(contender(served, now, ageing), contender(other, now, ageing))
    const chosen = isMoved ? other : served
    if (chosen === undefined) return { skip: isMoved ? able : others }
    const one = fullTaskName(chosen)
    return { skip: able.filter((task) => nameOf(task) !== one), one }
  }

  async #head(tasks: readonly Task[], request: ClaimRequest): Promise<Tasklet | undefined> {
    if (tasks.length === 0) return undefined
    const [head] = await this.#services.store.candidates({
      ...request,
      limit: 1,
      onlyTasks: tasks.map(nameOf),
      skipTasks: [],
      taskLimits: undefined,
    })
    return head
  }
}

const NOTHING: Selection = { skip: [] }

function nameOf({ plan, name }: Task): string {
  return fullTaskName({ plan, task: name })
}

function toWish(task: Task) {
  return { requires: task.requires, alone: needsWorldAlone(task) }
}

/** By the priority that the store orders by. */
function contender(
  head: Tasklet | undefined,
  now: number,
  ageing: Ageing | undefined,
): Contender | undefined {
  if (head === undefined) return undefined
  const unaged = toContender(head, now)
  if (ageing === undefined) return unaged
  return { ...unaged, priority: effectivePriority(head.priority, head.updatedAt, now, ageing) }
}
