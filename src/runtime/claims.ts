import type { QueueEventType } from '../../machines/queue.ts'
import { fullTaskName, type Tasklet } from '../core/tasklet.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { ClaimRequest } from '../ports/store-messages.ts'
import type { Grants } from './grants.ts'
import type { QueueSettings } from './queue-options.ts'
import type { Registry } from './registry.ts'
import { createTurn, type Turn } from './turn.ts'
import { Wakes } from './wakes.ts'

export interface ClaimServices {
  readonly store: Store
  readonly clock: Clock
  readonly owner: string
  /** Milliseconds. */
  readonly lease: number
  /** Deliveries lost after which the next is a tasklet's last; undefined: there is no such thing. */
  readonly lastDelivery: number | undefined
  readonly grants: Grants
  readonly registry: Registry
  readonly queues: ReadonlyMap<string, QueueSettings>
  claimed(queue: string, tasklets: readonly Tasklet[]): void
  failed(error: unknown): void
}

/** A queue that asks for work. */
export interface Claimant {
  readonly queue: string
  /** Something that kept its work back has changed: it should ask again. */
  available(): void
}

/** Tasklets that may be claimed within one turn of the event loop before timers get theirs. */
const TURN_BUDGET = 2000
const LARGEST_CLAIM = 500
const RETRY_DELAY = 1000

/**
 * The effects of the queue machine: asks the store for as much work as could be granted at once, so
 * that nothing waits here that another process could run. What that leaves in the store is asked
 * for again when resources or a state are freed, or when the window of a rate limit opens.
 */
export class Claims {
  readonly #services: ClaimServices
  readonly #turn: Turn = createTurn(TURN_BUDGET)
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #timers = new Set<() => void>()
  /** Queues whose last claim looked past tasks that could not be granted. */
  readonly #held = new Map<string, Claimant>()
  readonly #wakes = new Wakes((queue) => this.#wake(queue))
  /** When a queue is woken because a rate limit lets something start, and how that is undone. */
  readonly #openings = new Map<string, () => void>()
  #stopped = false

  constructor(services: ClaimServices) {
    this.#services = services
    services.grants.onFreed(() => {
      for (const queue of this.#held.keys()) this.#wakes.wake(queue)
    })
  }

  /** Claims once and says what the queue should do next. */
  async claim(claimant: Claimant): Promise<QueueEventType> {
    const { grants, claimed, failed } = this.#services
    const { queue } = claimant
    const passing = this.#turn.pass()
    if (passing !== undefined) await passing
    const limit = Math.min(grants.room(queue), LARGEST_CLAIM)
    if (limit <= 0) return 'claim.full'
    if (this.#stopped) return 'claim.exhausted'
    const asking = this.#ask(claimant, limit)
    this.#underWay.add(asking)
    try {
      const tasklets = await asking
      this.#turn.spend(tasklets.length)
      if (tasklets.length > 0) claimed(queue, tasklets)
      if (tasklets.length < limit) return 'claim.exhausted'
      return grants.room(queue) > 0 ? 'claim.more' : 'claim.full'
    } catch (error) {
      failed(error)
      return 'claim.failed'
    } finally {
      this.#underWay.delete(asking)
    }
  }

  /** Asks for nothing more; resolves when what was asked for has been handed out. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const disarm of this.#timers) disarm()
    this.#timers.clear()
    this.#openings.clear()
    this.#held.clear()
    await Promise.allSettled(this.#underWay)
  }

  /** Calls back when a failed claim may be tried again, unless claims have stopped by then. */
  scheduleRetry(retry: () => void): void {
    this.#at(this.#services.clock.now() + RETRY_DELAY, retry)
  }

  /** What the queue would ask the store for now; changes nothing. */
  request(queue: string, limit = LARGEST_CLAIM): ClaimRequest {
    const { clock, owner, lease, lastDelivery, registry, queues } = this.#services
    const { external, groupLimits, rateLimits } = registry.rules
    const { skipTasks, taskLimits } = this.#allowances(queue, limit)
    const now = clock.now()
    return {
      queue,
      owner,
      limit,
      now,
      leaseUntil: now + lease,
      skipTasks: external.length === 0 ? skipTasks : [...external, ...skipTasks],
      taskLimits,
      ageing: queues.get(queue)?.ageing,
      groupLimits,
      rateLimits: rateLimits.length === 0 ? undefined : rateLimits,
      lastDelivery,
      knownPlans: registry.planNames,
    }
  }

  async #ask(claimant: Claimant, limit: number): Promise<readonly Tasklet[]> {
    const request = this.request(claimant.queue, limit)
    this.#noteHeld(claimant, request)
    const tasklets = await this.#services.store.claim(request)
    if (tasklets.length < limit && request.rateLimits !== undefined) {
      await this.#awaitOpening(claimant, request)
    }
    return tasklets
  }

  #noteHeld(claimant: Claimant, { skipTasks, taskLimits }: ClaimRequest): void {
    const { external } = this.#services.registry.rules
    const isHeld = skipTasks.length > external.length || taskLimits !== undefined
    if (isHeld) this.#held.set(claimant.queue, claimant)
    else this.#held.delete(claimant.queue)
  }

  /** What could not be granted is looked past, and no more is asked for than could be. */
  #allowances(queue: string, limit: number): Pick<ClaimRequest, 'skipTasks' | 'taskLimits'> {
    const { grants, registry } = this.#services
    const skipTasks = grants.waitingTasks(queue)
    const { contended } = registry.rules
    if (contended.length === 0) return { skipTasks }
    const skipped = new Set(skipTasks)
    const taskLimits: Record<string, number> = {}
    for (const task of contended) {
      const name = fullTaskName({ plan: task.plan, task: task.name })
      const most = grants.allowance(task)
      if (most < 1) skipped.add(name)
      else if (most < limit && !skipped.has(name)) taskLimits[name] = most
    }
    return {
      skipTasks: [...skipped],
      taskLimits: Object.keys(taskLimits).length === 0 ? undefined : taskLimits,
    }
  }

  /** One timer a queue, for the time at which a rate limit lets the next tasklet start. */
  async #awaitOpening({ queue, available }: Claimant, request: ClaimRequest): Promise<void> {
    const { store, clock } = this.#services
    const at = await store.nextStart(request)
    this.#openings.get(queue)?.()
    this.#openings.delete(queue)
    if (at === undefined) return
    const disarm = this.#at(Math.max(at, clock.now() + 1), () => {
      this.#openings.delete(queue)
      available()
    })
    this.#openings.set(queue, disarm)
  }

  #wake(queue: string): void {
    const claimant = this.#held.get(queue)
    this.#held.delete(queue)
    claimant?.available()
  }

  #at(time: number, fn: () => void): () => void {
    if (this.#stopped) return () => {}
    const stop = this.#services.clock.setTimer(time, () => {
      this.#timers.delete(disarm)
      fn()
    })
    const disarm = () => {
      this.#timers.delete(disarm)
      stop()
    }
    this.#timers.add(disarm)
    return disarm
  }
}
