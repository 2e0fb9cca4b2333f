import { InputError } from '../../core/errors.ts'
import type { Phase } from '../../core/status.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Task } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import { Delivery } from '../deliveries/delivery.ts'
import { openWaits } from '../waits/wait-record.ts'
import { explainRecord } from './explain-record.ts'
import { isPassivated, waitingReasons } from './explain-waiting.ts'
import type { Explanation, Reason } from './reason.ts'
import { followWaits } from './wait-picture.ts'

export interface ExplainServices {
  readonly store: Store
  readonly clock: Clock
  /** Slots, resources and state leases that refuse the delivery as things stand; empty: none. */
  readonly grants: { explain(delivery: Delivery): readonly Reason[] }
  /** Reads what other processes hold, if any share the store. */
  lookElsewhere?(): Promise<void>
  /** What this process knows and serves. */
  readonly registry: {
    readonly planNames: readonly string[]
    task(plan: string, name: string): Task | undefined
  }
  hasQueue(name: string): boolean
  /** Whether the next claim of the queue leaves the task, by full name, to let others have its world. */
  isLeftForOthers(queue: string, task: string): Promise<boolean>
  /** What the process would ask the store for, were there room. */
  claimRequest(queue: string): ClaimRequest
  /** A delivery in this process. */
  delivery(id: string): Delivery | undefined
  phaseOf(id: string): Phase | undefined
}

/** Candidates that are looked through for a tasklet, which bounds the time that it takes. */
const LOOKED_THROUGH = 500
const NAMED_HOLDERS = 5

/** Answers why a tasklet is not running, by asking the predicates that refuse it. */
export class Explainer {
  readonly #services: ExplainServices

  constructor(services: ExplainServices) {
    this.#services = services
  }

  /** @throws {InputError} when there is no such tasklet. */
  async explain(id: string): Promise<Explanation> {
    const { store } = this.#services
    await this.#services.lookElsewhere?.()
    const tasklet = await store.get(id)
    if (tasklet === undefined) throw new InputError(`there is no tasklet ${id}`)
    const reasons = await this.#reasons(tasklet)
    const waits = await followWaits(id, reasons, async (other) => {
      const found = await store.get(other)
      return found === undefined ? [] : this.#reasons(found)
    })
    return { runnable: tasklet.status === 'pending' && reasons.length === 0, reasons, waits }
  }

  async #reasons(tasklet: Tasklet): Promise<readonly Reason[]> {
    const { store, clock, phaseOf } = this.#services
    switch (tasklet.status) {
      case 'pending':
        return this.#pending(tasklet)
      case 'running':
        return [
          ...explainRecord(tasklet, [], phaseOf(tasklet.id), clock.now()),
          ...this.#held(tasklet),
        ]
      case 'blocked': {
        const parents = await store.getMany(tasklet.dependencies.map(({ id }) => id))
        return explainRecord(tasklet, parents, undefined, clock.now())
      }
      case 'scheduled':
        if (isPassivated(tasklet)) {
          return waitingReasons(tasklet, await openWaits(store, tasklet.id))
        }
        return explainRecord(tasklet, [], undefined, clock.now())
      default:
        return explainRecord(tasklet, [], undefined, clock.now())
    }
  }

  /** What a claimed tasklet still waits for in this process. */
  #held({ id }: Tasklet): readonly Reason[] {
    const { grants, delivery, phaseOf } = this.#services
    const waiting = phaseOf(id) === 'acquiring' ? delivery(id) : undefined
    return waiting === undefined ? [] : grants.explain(waiting)
  }

  async #pending(tasklet: Tasklet): Promise<readonly Reason[]> {
    const { grants, registry, clock, hasQueue } = this.#services
    const task = registry.task(tasklet.plan, tasklet.task)
    const known = this.#knowledge(tasklet, task)
    const isPaused = await this.#isPaused(tasklet.queue)
    const reasons = [...explainRecord(tasklet, [], undefined, clock.now()), ...known]
    if (isPaused) {
      reasons.push({ code: 'queue-paused', message: `queue "${tasklet.queue}" is paused` })
    }
    // Where it is never asked for, there is nobody who would refuse it.
    if (task === undefined || !hasQueue(tasklet.queue)) return reasons
    if (!task.external) reasons.push(...grants.explain(new Delivery(tasklet, task)))
    if (reasons.length === 0) reasons.push(...(await this.#affinity(tasklet)))
    return [...reasons, ...(await this.#limits(tasklet, isPaused))]
  }

  async #affinity(tasklet: Tasklet): Promise<readonly Reason[]> {
    const { isLeftForOthers } = this.#services
    if (!(await isLeftForOthers(tasklet.queue, fullTaskName(tasklet)))) return []
    const message = 'it is the turn of others, who need the world of the plan in another state'
    return [{ code: 'affinity', message }]
  }

  #knowledge({ plan, task: name, queue }: Tasklet, task: Task | undefined): readonly Reason[] {
    const { registry, hasQueue } = this.#services
    if (!registry.planNames.includes(plan)) {
      return [{ code: 'unknown-plan', message: `plan "${plan}" is not loaded in this process` }]
    }
    if (task === undefined) {
      const message = `plan "${plan}" has no task "${name}" here: it fails when its turn comes`
      return [{ code: 'unknown-task', message }]
    }
    const reasons: Reason[] = []
    if (!hasQueue(queue)) {
      const message = `this process does not serve queue "${queue}"`
      reasons.push({ code: 'unknown-queue', message })
    }
    if (task.external) {
      reasons.push({ code: 'external', message: 'it waits for a consumer to pull it' })
    }
    return reasons
  }

  async #isPaused(queue: string): Promise<boolean> {
    const queues = await this.#services.store.queues()
    return queues.some((info) => info.queue === queue && info.paused)
  }

  /** The limits that the store counts, across processes. */
  async #limits(tasklet: Tasklet, isPaused: boolean): Promise<readonly Reason[]> {
    const request = this.#requestFor(tasklet)
    const group = await this.#groupLimit(tasklet, request)
    if (group !== undefined) return [group]
    // Of a paused queue nothing is a candidate, so what else keeps it back cannot be asked.
    if (isPaused) return []
    const held = await this.#lastDelivery(tasklet, request)
    if (held !== undefined) return [held]
    if ((request.rateLimits ?? []).length === 0) return []
    if (await this.#isCandidate(tasklet, request)) return []
    const until = await this.#services.store.nextStart(request)
    if (until === undefined) return []
    return [{ code: 'rate-limit', message: `a rate limit lets none start before its time`, until }]
  }

  /** It is held back if it could start, were there no such thing as a last delivery. */
  async #lastDelivery(tasklet: Tasklet, request: ClaimRequest): Promise<Reason | undefined> {
    const { deliveries, attempts } = tasklet
    const { lastDelivery } = request
    if (lastDelivery === undefined || deliveries - attempts < lastDelivery) return undefined
    if (await this.#isCandidate(tasklet, request)) return undefined
    const isHeld = await this.#isCandidate(tasklet, { ...request, lastDelivery: undefined })
    if (!isHeld) return undefined
    const message = 'this is its last delivery, and of such tasklets one runs at a time'
    return { code: 'last-delivery', message }
  }

  async #isCandidate({ id }: Tasklet, request: ClaimRequest): Promise<boolean> {
    const candidates = await this.#services.store.candidates(request)
    return candidates.some((candidate) => candidate.id === id)
  }

  #requestFor(tasklet: Tasklet): ClaimRequest {
    return {
      ...this.#services.claimRequest(tasklet.queue),
      now: this.#services.clock.now(),
      limit: LOOKED_THROUGH,
      onlyTasks: [fullTaskName(tasklet)],
      // What this process has no room for is told by the grants.
      skipTasks: [],
      taskLimits: undefined,
    }
  }

  async #groupLimit(tasklet: Tasklet, request: ClaimRequest): Promise<Reason | undefined> {
    const { group, plan, task } = tasklet
    const limit = request.groupLimits?.[fullTaskName(tasklet)]
    if (group === undefined || limit === undefined) return undefined
    const { items } = await this.#services.store.list({
      status: ['running'],
      plan,
      task,
      group,
      limit: Math.max(limit, NAMED_HOLDERS),
    })
    if (items.length < limit) return undefined
    const holders = items.slice(0, NAMED_HOLDERS).map(({ id }) => id)
    const message = `group "${group}" runs ${items.length} of ${limit} at once: ${holders.join(', ')}`
    return { code: 'group-limit', message, holder: holders[0] }
  }
}
