import type { QueueEventType } from '../../../machines/queue.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Grants } from '../grants/grants.ts'
import { Reservations } from '../grants/reservations.ts'
import type { QueueSettings } from '../options/queue-options.ts'
import type { Registry } from '../plans/registry.ts'
import { Allowances } from './allowances.ts'
import { createTurn, type Turn } from './turn.ts'
import { Wakes } from './wakes.ts'
import { type ClaimAnswer, WHATEVER_THERE_IS, type WorkSource } from './work-source.ts'
import { WorldSelection } from './world-selection.ts'

export interface ClaimServices {
  readonly store: Store
  readonly clock: Clock
  readonly owner: string
  /** Milliseconds. */
  readonly lease: number
  /** Deliveries lost after which the next is a tasklet's last; undefined: there is no such thing. */
  readonly lastDelivery: number | undefined
  /** Milliseconds that one which needs many units misses out before they are kept for it. */
  readonly reserveAfter: number
  readonly grants: Grants
  readonly registry: Registry
  readonly queues: ReadonlyMap<string, QueueSettings>
  /** Where queues hear of work; the store itself unless given. */
  readonly source?: WorkSource | undefined
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
  readonly #source: WorkSource
  readonly #turn: Turn = createTurn(TURN_BUDGET)
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #timers = new Set<() => void>()
  /** Queues whose last claim looked past tasks that could not be granted. */
  readonly #held = new Map<string, Claimant>()
  readonly #wakes = new Wakes((queue) => this.#wake(queue))
  /** When a queue is woken because a rate limit lets something start, and how that is undone. */
  readonly #openings = new Map<string, () => void>()
  /** When a queue with a reservation looks again whether whom it is for still waits. */
  readonly #looks = new Map<string, () => void>()
  readonly #allowances: Allowances
  readonly #worlds: WorldSelection
  readonly #reservations: Reservations
  #stopped = false

  constructor(services: ClaimServices) {
    this.#services = services
    this.#source = services.source ?? WHATEVER_THERE_IS
    this.#allowances = new Allowances(services)
    this.#worlds = new WorldSelection(services)
    this.#reservations = new Reservations(services)
    services.grants.onFreed(() => {
      for (const queue of this.#held.keys()) this.#wakes.wake(queue)
    })
  }

  /** Claims once and says what the queue should do next. */
  async claim(claimant: Claimant): Promise<QueueEventType> {
    const { grants } = this.#services
    const { queue } = claimant
    const passing = this.#turn.pass()
    if (passing !== undefined) await passing
    const room = grants.room(queue)
    const toWait = room > 0 ? [] : this.#allowances.toWaitHere(queue)
    if (room <= 0 && toWait.length === 0) return 'claim.full'
    if (this.#stopped) return 'claim.exhausted'
    const limit = Math.min(room > 0 ? room : LARGEST_CLAIM, LARGEST_CLAIM)
    const ids = room > 0 ? this.#source.next(queue, limit) : undefined
    if (ids?.length === 0) return 'claim.exhausted'
    const asking = room > 0 ? this.#ask(claimant, limit, ids) : this.#askToWait(queue, toWait)
    this.#underWay.add(asking)
    try {
      const tasklets = await asking
      const isFull = tasklets.length >= limit
      const noted = this.#handOut({ queue, ids: room > 0 ? ids : [], tasklets, isFull })
      if (noted !== undefined) await noted
      return this.#nextStep(queue, isFull)
    } catch (error) {
      this.#source.failed(queue)
      this.#services.failed(error)
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
    this.#looks.clear()
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
    const { skipTasks, taskLimits } = this.#allowances.of(queue, limit)
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

  /** Whether a claim would leave the task, by full name, because it is the turn of others. */
  async isLeftForOthers(queue: string, task: string): Promise<boolean> {
    const request = this.request(queue)
    const narrowed = await this.#worlds.narrow(request, this.#allowances.toWaitHere(queue))
    return narrowed.skipTasks.includes(task) && !request.skipTasks.includes(task)
  }

  /** Whether tasklets of the task are claimed to wait in this process, as its time limits ask. */
  waitsHere(tasklet: Tasklet): boolean {
    return this.#allowances.waitsHere(tasklet.queue, fullTaskName(tasklet))
  }

  /** These came back from holders that are gone: the clock of their wait runs here from now on. */
  rescued(tasklets: readonly Tasklet[]): void {
    for (const tasklet of tasklets) {
      if (tasklet.timeouts?.acquire !== undefined) this.expectTimed(fullTaskName(tasklet))
    }
  }

  /** A tasklet of the task, by full name, was submitted with a time limit for being granted. */
  expectTimed(task: string): void {
    this.#allowances.expectTimed(task)
  }

  async #ask(
    claimant: Claimant,
    limit: number,
    ids: readonly string[] | undefined,
  ): Promise<readonly Tasklet[]> {
    await this.#lookAfterReservations(claimant, limit)
    const toWait = this.#allowances.toWaitHere(claimant.queue)
    const wide = this.request(claimant.queue, limit)
    this.#noteHeld(claimant, wide)
    // What is freed while the worlds are looked at has to be heard, whatever comes of the look.
    if (this.#services.registry.rules.rivals.size > 0) this.#held.set(claimant.queue, claimant)
    const request = await this.#worlds.narrow(wide, toWait)
    this.#noteHeld(claimant, request)
    const asked = ids === undefined ? request : { ...request, ids }
    const tasklets = await this.#services.store.claim(asked)
    if (
      tasklets.length < Math.min(limit, ids?.length ?? limit) &&
      request.rateLimits !== undefined
    ) {
      await this.#awaitOpening(claimant, request)
    }
    return tasklets
  }

  /** Without room only those whose time runs from the claim are of use here. */
  #askToWait(queue: string, onlyTasks: readonly string[]): Promise<readonly Tasklet[]> {
    return this.#services.store.claim({ ...this.request(queue), onlyTasks })
  }

  /** Without a dispatch nothing has to be waited for, so that the next claim is not a turn later. */
  #handOut(answer: ClaimAnswer): Promise<void> | undefined {
    const { queue, tasklets } = answer
    this.#turn.spend(tasklets.length)
    const noted = this.#source.answered(answer)
    if (tasklets.length > 0) this.#services.claimed(queue, tasklets)
    return noted
  }

  #nextStep(queue: string, isFull: boolean): QueueEventType {
    const hasRoom = this.#services.grants.room(queue) > 0
    if (!isFull && !(hasRoom && this.#source.hasMore(queue))) return 'claim.exhausted'
    const mayGoOn = hasRoom || this.#allowances.toWaitHere(queue).length > 0
    return mayGoOn ? 'claim.more' : 'claim.full'
  }

  async #lookAfterReservations(claimant: Claimant, limit: number): Promise<void> {
    if (this.#services.registry.rules.contended.length === 0) return
    const { queue, available } = claimant
    const again = await this.#reservations.refresh(this.request(queue, limit))
    if (again !== undefined)
      this.#arm(this.#looks, queue, again, () => this.#stir({ queue, available }))
  }

  #noteHeld(claimant: Claimant, { skipTasks, taskLimits }: ClaimRequest): void {
    const { external } = this.#services.registry.rules
    const isHeld = skipTasks.length > external.length || taskLimits !== undefined
    if (isHeld) this.#held.set(claimant.queue, claimant)
    else this.#held.delete(claimant.queue)
  }

  /** One timer a queue, for the time at which a rate limit lets the next tasklet start. */
  async #awaitOpening({ queue, available }: Claimant, request: ClaimRequest): Promise<void> {
    const { store } = this.#services
    const at = await store.nextStart(request)
    this.#arm(this.#openings, queue, at, () => this.#stir({ queue, available }))
  }

  /** One timer of the kind for each queue; `at` undefined: none any more. */
  #arm(
    timers: Map<string, () => void>,
    queue: string,
    at: number | undefined,
    fn: () => void,
  ): void {
    timers.get(queue)?.()
    timers.delete(queue)
    if (at === undefined) return
    const disarm = this.#at(Math.max(at, this.#services.clock.now() + 1), () => {
      timers.delete(queue)
      fn()
    })
    timers.set(queue, disarm)
  }

  #wake(queue: string): void {
    const claimant = this.#held.get(queue)
    this.#held.delete(queue)
    if (claimant !== undefined) this.#stir(claimant)
  }

  #stir({ queue, available }: Claimant): void {
    this.#source.stirred(queue)
    available()
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
