import { randomBytes } from 'node:crypto'
import type { Duration } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import { toOptionalDuration } from '../intake/submit-values.ts'
import { toDuration } from '../options/option-values.ts'
import { LeaseLostError } from './lease-lost.ts'
import { PulledItem, type PulledItemServices } from './pulled-item.ts'
import { Waiter } from './waiter.ts'

export interface PullServices extends PulledItemServices {
  readonly registry: {
    readonly plans: readonly Plan[]
    task(plan: string, name: string): Task | undefined
    /** @throws {InputError} for a task that is not known. */
    requireTask(fullName: string): Task
  }
  /** @throws {InputError} for a queue that is not declared. */
  requireQueue(name: string): void
  /** What the process would ask the store for, were there room: its limits count for pulls too. */
  claimRequest(queue: string): ClaimRequest
}

export interface PullOptions {
  /** That of the task, or `main`, unless given. */
  readonly queue?: string
  /** Full name of one external task; all of them unless given. */
  readonly task?: string
  /** The most items to lease; 1 unless given. */
  readonly limit?: number
  /** How long each item may take before it is acknowledged, refused or extended; `30s`. */
  readonly lease?: Duration
  /** How long to wait for work, `0` not at all; there is then none. For ever unless given. */
  readonly wait?: Duration
  /** Ends the wait for work. */
  readonly signal?: AbortSignal
  /** Names the consumer where its leases are shown. */
  readonly consumer?: string
}

interface Wanted {
  readonly queue: string
  readonly tasks: readonly string[]
  readonly limit: number
  readonly lease: number
  readonly owner: string
}

const DEFAULT_LEASE = '30s'
/** Unlike a runtime's, such an owner does not die with this process: its consumer may be elsewhere. */
const OWNER_PREFIX = 'pull/'

/** Hands work of tasks that are declared `external` to whoever asks for it. */
export class Pulls {
  readonly #services: PullServices
  readonly #waiters = new Set<Waiter>()
  #closed: Error | undefined

  constructor(services: PullServices) {
    this.#services = services
  }

  /**
   * Leases up to `limit` items, and waits until there is one, or the time to wait is over. Rejects
   * with the signal's reason when that ends the wait.
   */
  async pull(options: PullOptions = {}): Promise<readonly PulledItem[]> {
    if (this.#closed !== undefined) throw this.#closed
    const wanted = this.#toWanted(options)
    const { clock } = this.#services
    const until =
      clock.now() + (toOptionalDuration('wait', options.wait) ?? Number.POSITIVE_INFINITY)
    const waiter = new Waiter(wanted.queue, clock, options.signal)
    this.#waiters.add(waiter)
    try {
      for (;;) {
        waiter.arm()
        const items = await this.#claim(wanted)
        if (items.length > 0) return await this.#handOver(items, options.signal)
        if (clock.now() >= until) return items
        await waiter.wait(earliest(await this.#nextStart(wanted), until))
      }
    } finally {
      this.#waiters.delete(waiter)
    }
  }

  /**
   * The item of a lease that is still held, for consumers that only know its id and token.
   * @throws {LeaseLostError}
   */
  async find(id: string, token: number): Promise<PulledItem> {
    const tasklet = await this.#services.store.get(id)
    const lease = tasklet?.lease
    if (tasklet !== undefined && lease?.token === token && lease.owner.startsWith(OWNER_PREFIX)) {
      return this.#toItem(tasklet)
    }
    throw new LeaseLostError(id, lease?.owner)
  }

  /** Work may have become ready in the queue; undefined: in any. */
  wake(queue?: string): void {
    for (const waiter of this.#waiters) {
      if (queue === undefined || waiter.queue === queue) waiter.wake()
    }
  }

  /** Ends every wait with the error, and refuses new ones with it; leased items stay leased. */
  close(error: Error): void {
    this.#closed = error
    for (const waiter of this.#waiters) waiter.fail(error)
  }

  #toWanted(options: PullOptions): Wanted {
    const { limit = 1, lease = DEFAULT_LEASE, consumer = randomBytes(4).toString('hex') } = options
    if (!Number.isInteger(limit) || limit < 1) {
      throw new InputError(`limit must be an integer ≥ 1, not ${limit}`)
    }
    const task = options.task === undefined ? undefined : this.#requireExternal(options.task)
    const queue = options.queue ?? task?.queue ?? 'main'
    this.#services.requireQueue(queue)
    return {
      queue,
      tasks: task === undefined ? this.#externalTasks() : [`${task.plan}/${task.name}`],
      limit,
      lease: toDuration('lease', lease),
      owner: `${OWNER_PREFIX}${consumer}`,
    }
  }

  #requireExternal(fullName: string): Task {
    const task = this.#services.registry.requireTask(fullName)
    if (task.external) return task
    throw new InputError(`task "${fullName}" is run by the runtime: only external ones are pulled`)
  }

  #externalTasks(): readonly string[] {
    const names = this.#services.registry.plans.flatMap((plan) =>
      [...plan.tasks.values()]
        .filter(({ external }) => external)
        .map(({ name }) => `${plan.name}/${name}`),
    )
    if (names.length > 0) return names
    throw new InputError('there is nothing to pull: no plan declares a task as external')
  }

  async #claim(wanted: Wanted): Promise<readonly PulledItem[]> {
    const request = this.#toRequest(wanted)
    const claimed = await this.#services.store.claim(request)
    if (claimed.length > 0) this.#services.expect(request.leaseUntil)
    return claimed.map((tasklet) => this.#toItem(tasklet))
  }

  /** What was leased for someone who is gone goes back. */
  async #handOver(
    items: readonly PulledItem[],
    signal: AbortSignal | undefined,
  ): Promise<readonly PulledItem[]> {
    if (!signal?.aborted) return items
    await Promise.all(items.map((item) => item.giveBack()))
    throw signal.reason
  }

  /** When a rate limit lets something start that it keeps back now. */
  async #nextStart(wanted: Wanted): Promise<number | undefined> {
    const request = this.#toRequest(wanted)
    if ((request.rateLimits ?? []).length === 0) return undefined
    return this.#services.store.nextStart(request)
  }

  #toRequest({ queue, tasks, limit, lease, owner }: Wanted): ClaimRequest {
    const now = this.#services.clock.now()
    return {
      ...this.#services.claimRequest(queue),
      owner,
      limit,
      now,
      leaseUntil: now + lease,
      onlyTasks: tasks,
      // What keeps this process from starting work does not keep a consumer from it.
      skipTasks: [],
      taskLimits: undefined,
    }
  }

  #toItem(tasklet: Tasklet): PulledItem {
    const task = this.#services.registry.task(tasklet.plan, tasklet.task)
    return new PulledItem(tasklet, task, this.#services)
  }
}

/** Undefined when neither will come. */
function earliest(start: number | undefined, until: number): number | undefined {
  const at = Math.min(start ?? Number.POSITIVE_INFINITY, until)
  return Number.isFinite(at) ? at : undefined
}
