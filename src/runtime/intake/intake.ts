import { QueueFullError } from '../../core/errors.ts'
import { isFinal } from '../../core/status.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import { Wakes } from '../claims/wakes.ts'
import type { EventBus } from '../events/event-bus.ts'
import { Inserts } from './inserts.ts'
import { Rooms } from './rooms.ts'
import { type TracedSubmission, within } from './submission-trace.ts'

export interface IntakeEffects {
  /** Work may have become ready in the queue. */
  ready(queue: string): void
  /** Something in the store becomes due at this time. */
  expect(at: number): void
  /** A tasklet of this task (full name) has a time limit of its own for the wait for its grant. */
  waitsTimed(task: string): void
  /** Records that had ended as soon as they were stored, because a dependency had failed. */
  ended(tasklets: readonly Tasklet[]): void
  /** Begins the span of a submission; undefined while nobody records any. */
  trace(tasklets: readonly Tasklet[]): TracedSubmission | undefined
}

/** Where work comes in: stored first, then its queue is told. */
export class Intake {
  readonly #bus: EventBus
  readonly #effects: IntakeEffects
  readonly #inserts: Inserts
  readonly #rooms = new Rooms()
  readonly #wakes: Wakes
  readonly #maxSizes: Readonly<Record<string, number>>

  /** `maxSizes`: waiting tasklets that a queue holds at most; others take any number. */
  constructor(
    store: Store,
    bus: EventBus,
    maxSizes: Readonly<Record<string, number>>,
    effects: IntakeEffects,
  ) {
    this.#maxSizes = maxSizes
    this.#bus = bus
    this.#effects = effects
    const hasLimits = Object.keys(maxSizes).length > 0
    this.#inserts = new Inserts(store, hasLimits ? { maxSizes } : undefined, {
      asked: (tasklets) => this.#announce(tasklets),
      stored: (outcomes) => this.stored(outcomes),
    })
    this.#wakes = new Wakes((queue) => effects.ready(queue))
  }

  /** Stores a new record, as soon as its queue has room, and wakes the queue. */
  insert(tasklet: Tasklet, signal?: AbortSignal): Promise<InsertOutcome> {
    return this.#traced(tasklet, (traced) => this.#insert(traced, signal))
  }

  #insert(tasklet: Tasklet, signal: AbortSignal | undefined): Promise<InsertOutcome> {
    if (this.#maxSizes[tasklet.queue] === undefined) {
      return signal?.aborted ? Promise.reject(signal.reason) : this.#inserts.add(tasklet)
    }
    return this.#rooms.enter(tasklet.queue, { size: 1, signal }, () =>
      unlessFull(tasklet.queue, this.#inserts.add(tasklet)),
    )
  }

  /** As `insert`, but rejects with QueueFullError when there is no room now. */
  tryInsert(tasklet: Tasklet): Promise<InsertOutcome> {
    return this.#traced(tasklet, (traced) => this.#inserts.add(traced))
  }

  /** As `insertAll`, but rejects with QueueFullError when there is no room now. */
  tryInsertAll(tasklets: readonly Tasklet[]): Promise<readonly InsertOutcome[]> {
    return this.#tracedAll(tasklets, (traced) => this.#inserts.addAll(traced))
  }

  /** Stores all or none in one transaction, as soon as there is room for all of them. */
  async insertAll(
    tasklets: readonly Tasklet[],
    signal?: AbortSignal,
  ): Promise<readonly InsertOutcome[]> {
    signal?.throwIfAborted()
    const queues = new Set(tasklets.map(({ queue }) => queue))
    const limited = [...queues].filter((queue) => this.#maxSizes[queue] !== undefined)
    return this.#tracedAll(tasklets, (traced) => this.#enterAll(limited, traced, signal))
  }

  /** The record with its place in a trace, for those who store it themselves. */
  traced(tasklet: Tasklet): Tasklet {
    const trace = this.#effects.trace([tasklet])
    trace?.span.end()
    return trace?.tasklets[0] ?? tasklet
  }

  /** Tells the queue, once per turn, that it may find work. */
  wake(queue: string): void {
    this.#wakes.wake(queue)
  }

  wakeAll(queues: Iterable<string>): void {
    for (const queue of queues) this.wake(queue)
  }

  /** So many tasklets no longer wait in the queue. */
  freed(queue: string, count: number): void {
    this.#rooms.freed(queue, count)
  }

  /** Another process may have taken work out of any queue. */
  freedAnywhere(): void {
    this.#rooms.freedAnywhere()
  }

  /** Takes nothing more: whoever waits for room is told why. */
  close(reason: Error): void {
    this.#rooms.close(reason)
  }

  /** Tells everybody concerned what has been stored. */
  stored(outcomes: readonly InsertOutcome[]): void {
    const isHeard = this.#bus.hears('tasklet.submitted')
    for (const outcome of outcomes) {
      const { created, tasklet } = outcome
      if (created || outcome.reason === 'replaced') this.#follow(tasklet)
      if (created && isHeard) this.#bus.emit('tasklet.submitted', { tasklet })
    }
    this.#tellEnded(outcomes)
  }

  #traced(
    tasklet: Tasklet,
    store: (tasklet: Tasklet) => Promise<InsertOutcome>,
  ): Promise<InsertOutcome> {
    const trace = this.#effects.trace([tasklet])
    return trace === undefined
      ? store(tasklet)
      : within(trace, () => store(trace.tasklets[0] ?? tasklet))
  }

  #tracedAll(
    tasklets: readonly Tasklet[],
    store: (tasklets: readonly Tasklet[]) => Promise<readonly InsertOutcome[]>,
  ): Promise<readonly InsertOutcome[]> {
    const trace = this.#effects.trace(tasklets)
    return trace === undefined ? store(tasklets) : within(trace, () => store(trace.tasklets))
  }

  /** Stands in the line of each limited queue in turn; the last one to be entered stores. */
  async #enterAll(
    queues: readonly string[],
    tasklets: readonly Tasklet[],
    signal: AbortSignal | undefined,
  ): Promise<readonly InsertOutcome[]> {
    const [queue, ...others] = queues
    if (queue === undefined) return this.#inserts.addAll(tasklets)
    const size = tasklets.filter((tasklet) => tasklet.queue === queue).length
    // What is larger than the queue would wait for ever.
    const waitsFor = size > (this.#maxSizes[queue] ?? 0) ? undefined : queue
    return this.#rooms.enter(queue, { size, signal }, () =>
      unlessFull(waitsFor, this.#enterAll(others, tasklets, signal)),
    )
  }

  /**
   * A claim that is asked for at once stands right behind the insertion: a store that commits both
   * together starts idle work one commit earlier. Elsewhere it may find nothing yet, so the queue is
   * told again when they are stored.
   */
  #announce(tasklets: readonly Tasklet[]): void {
    const queues = new Set<string>()
    for (const { status, queue } of tasklets) if (status === 'pending') queues.add(queue)
    for (const queue of queues) this.#effects.ready(queue)
  }

  #follow(tasklet: Tasklet): void {
    const { status, queue, notBefore, expiresAt, timeouts } = tasklet
    if (timeouts?.acquire !== undefined) this.#effects.waitsTimed(fullTaskName(tasklet))
    if (status === 'pending') this.wake(queue)
    else if (notBefore !== undefined) this.#effects.expect(notBefore)
    if (expiresAt !== undefined) this.#effects.expect(expiresAt)
  }

  #tellEnded(outcomes: readonly InsertOutcome[]): void {
    const ended: Tasklet[] = []
    for (const { created, tasklet } of outcomes) {
      if (created && isFinal(tasklet.status)) ended.push(tasklet)
    }
    if (ended.length > 0) this.#effects.ended(ended)
  }
}

/** Undefined when this queue is full. */
async function unlessFull<T>(
  queue: string | undefined,
  storing: Promise<T>,
): Promise<T | undefined> {
  try {
    return await storing
  } catch (error) {
    if (error instanceof QueueFullError && error.queue === queue) return undefined
    throw error
  }
}
