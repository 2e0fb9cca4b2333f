import { EventEmitter } from 'eventemitter3'
import { requirePattern } from '../../core/event-patterns.ts'
import type { EventName, RuntimeEvents } from '../../core/events.ts'
import { createIdSource } from '../../core/id.ts'
import type { Lineage } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import { BusEvent } from './bus-event.ts'
import { type QueueLimits, type QueueOptions, toLimits } from './event-queue.ts'
import { toPayload } from './payload.ts'
import { Routes } from './routes.ts'
import { type Listener, Subscription } from './subscription.ts'

export interface EmitOptions {
  /** The event that this one came of. */
  readonly cause?: Lineage | undefined
}

/**
 * Named events with dotted patterns: `*` stands for one segment, `**` for any number (at the end at
 * least one). A listener that throws is reported and does not keep others from hearing; one that is
 * slow has a bounded queue of its own, and nobody waits for it.
 */
export class EventBus {
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #newId: () => string
  readonly #exact = new EventEmitter<Record<string, Listener>>()
  readonly #routes = new Routes()
  readonly #subscriptions = new Map<string, Set<Subscription>>()
  readonly #closers = new Set<() => void>()
  #published: ((event: BusEvent) => void) | undefined
  #isClosed = false

  constructor(clock: Clock, report: (error: unknown) => void) {
    this.#clock = clock
    this.#report = report
    this.#newId = createIdSource(() => clock.now())
  }

  /** The returned function takes the listener off again. */
  on<Name extends EventName>(
    name: Name,
    listener: Listener<RuntimeEvents[Name]>,
    options?: QueueOptions,
  ): () => void
  on(pattern: string, listener: Listener, options?: QueueOptions): () => void
  on(pattern: string, listener: Listener<never>, options?: QueueOptions): () => void {
    return this.#subscribe(pattern, listener as Listener, options, false)
  }

  once(pattern: string, listener: Listener): () => void {
    return this.#subscribe(pattern, listener, undefined, true)
  }

  off(pattern: string, listener: Listener): void {
    for (const subscription of this.#subscriptions.get(pattern) ?? []) {
      if (subscription.listener === listener) this.#end(pattern, subscription)
    }
  }

  /** For what the runtime tells about itself; it trusts the name and the data. */
  emit<Name extends EventName>(name: Name, data: RuntimeEvents[Name], options?: EmitOptions): void
  emit(name: string, data: unknown, options?: EmitOptions): void
  emit(name: string, data: unknown, options?: EmitOptions): void {
    const matching = this.#routes.to(name)
    if (matching.length === 0 && this.#exact.listenerCount(name) === 0) return
    const event = this.toEvent(name, data, undefined, options)
    this.#exact.emit(name, event)
    for (const subscription of matching) subscription.tell(event)
  }

  /** An event as listeners get it, told to nobody. `at`: milliseconds since the epoch; now, unless given. */
  toEvent(name: string, data: unknown, at = this.#clock.now(), options?: EmitOptions): BusEvent {
    return new BusEvent(name, at, data, options?.cause, this.#newId)
  }

  /**
   * For what users and their plans tell. The data is copied.
   * @throws {InputError} for a name that is not theirs, and for data that JSON cannot hold.
   */
  publish(name: string, data?: unknown, options?: EmitOptions): void {
    const payload = toPayload(name, data)
    this.emit(name, payload, options)
    this.#published?.(this.toEvent(name, payload, undefined, options))
  }

  /** Calls with everything that is published, whether or not anybody listens; one listener at most. */
  onPublished(listener: (event: BusEvent) => void): void {
    this.#published = listener
  }

  /** Whether anybody would hear it, so that hot paths need not build what nobody reads. */
  hears(name: string): boolean {
    return this.#exact.listenerCount(name) > 0 || this.#routes.to(name).length > 0
  }

  /** Calls when the runtime has told its last event; the returned function forgets it. */
  onClose(closer: () => void): () => void {
    if (this.#isClosed) closer()
    else this.#closers.add(closer)
    return () => this.#closers.delete(closer)
  }

  /** Nothing more will be told that matters to a stream. */
  close(): void {
    this.#isClosed = true
    for (const closer of [...this.#closers]) closer()
    this.#closers.clear()
  }

  /** Tells that a subscriber has begun to lose events. */
  overflowed(pattern: string, { overflow: policy }: QueueLimits, dropped: number): void {
    this.emit('subscriber.overflowed', { pattern, dropped, policy })
  }

  #subscribe(
    pattern: string,
    listener: Listener,
    options: QueueOptions | undefined,
    isOnce: boolean,
  ): () => void {
    requirePattern(pattern)
    const limits = toLimits(options)
    const subscription: Subscription = new Subscription(listener, limits, isOnce, {
      failed: (error) => this.#report(error),
      overflowed: (dropped) => this.overflowed(pattern, limits, dropped),
      left: () => this.#remove(pattern, subscription),
    })
    const entry = this.#subscriptions.get(pattern) ?? new Set()
    this.#subscriptions.set(pattern, entry.add(subscription))
    if (pattern.includes('*')) this.#routes.add(pattern, subscription)
    else this.#exact.on(pattern, subscription.tell)
    return () => this.#end(pattern, subscription)
  }

  #end(pattern: string, subscription: Subscription): void {
    subscription.stop()
    this.#remove(pattern, subscription)
  }

  #remove(pattern: string, subscription: Subscription): void {
    const entry = this.#subscriptions.get(pattern)
    if (entry?.delete(subscription) !== true) return
    if (entry.size === 0) this.#subscriptions.delete(pattern)
    if (pattern.includes('*')) this.#routes.remove(pattern, subscription)
    else this.#exact.off(pattern, subscription.tell)
  }
}
