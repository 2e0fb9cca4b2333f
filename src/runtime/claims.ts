import type { QueueEventType } from '../../machines/queue.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Grants } from './grants.ts'
import type { Registry } from './registry.ts'
import { createTurn, type Turn } from './turn.ts'

export interface ClaimServices {
  readonly store: Store
  readonly clock: Clock
  readonly owner: string
  /** Milliseconds. */
  readonly lease: number
  readonly grants: Grants
  readonly registry: Registry
  claimed(queue: string, tasklets: readonly Tasklet[]): void
  failed(error: unknown): void
}

/** Tasklets that may be claimed within one turn of the event loop before timers get theirs. */
const TURN_BUDGET = 2000
const LARGEST_CLAIM = 500
const RETRY_DELAY = 1000

/** The effects of the queue machine: asks the store for as much work as there is room. */
export class Claims {
  readonly #services: ClaimServices
  readonly #turn: Turn = createTurn(TURN_BUDGET)
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #retries = new Set<() => void>()
  #stopped = false

  constructor(services: ClaimServices) {
    this.#services = services
  }

  /** Claims once and says what the queue should do next. */
  async claim(queue: string): Promise<QueueEventType> {
    const { grants, claimed, failed } = this.#services
    const passing = this.#turn.pass()
    if (passing !== undefined) await passing
    const limit = Math.min(grants.room(queue), LARGEST_CLAIM)
    if (limit <= 0) return 'claim.full'
    if (this.#stopped) return 'claim.exhausted'
    const asking = this.#ask(queue, limit)
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
    for (const disarm of this.#retries) disarm()
    this.#retries.clear()
    await Promise.allSettled(this.#underWay)
  }

  /** Calls back when a failed claim may be tried again, unless claims have stopped by then. */
  scheduleRetry(retry: () => void): void {
    if (this.#stopped) return
    const { clock } = this.#services
    const disarm = clock.setTimer(clock.now() + RETRY_DELAY, () => {
      this.#retries.delete(disarm)
      retry()
    })
    this.#retries.add(disarm)
  }

  #ask(queue: string, limit: number): Promise<readonly Tasklet[]> {
    const { store, clock, owner, lease, grants, registry } = this.#services
    const now = clock.now()
    return store.claim({
      queue,
      owner,
      limit,
      now,
      leaseUntil: now + lease,
      skipTasks: grants.waitingTasks(queue),
      knownPlans: registry.planNames,
    })
  }
}
