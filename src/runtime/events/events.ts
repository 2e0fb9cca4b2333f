import type { EventName, RuntimeEvents } from '../../core/events.ts'
import type { EmitOptions, EventBus } from './event-bus.ts'
import type { QueueOptions } from './event-queue.ts'
import type { EventStream } from './event-stream.ts'
import { openStream, type StreamOptions } from './streams.ts'
import type { Listener } from './subscription.ts'

/** Where events can be listened to. */
export interface Listenable {
  on<Name extends EventName>(
    name: Name,
    listener: Listener<RuntimeEvents[Name]>,
    options?: QueueOptions,
  ): () => void
  on(pattern: string, listener: Listener, options?: QueueOptions): () => void
  once(pattern: string, listener: Listener): () => void
  off(pattern: string, listener: Listener): void
}

/**
 * The events of a runtime, its own and those of its users. Names are dotted; in a pattern `*` stands
 * for one word and `**` for any number of them. Emitting never waits for those who listen.
 */
export class Events implements Listenable {
  readonly #bus: EventBus

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  /**
   * Calls the listener for every event that matches; the returned function takes it off again. To one
   * that returns a promise the next event is told when that has settled, and at most `queue` events
   * wait meanwhile; of more, `overflow` says what happens, and `subscriber.overflowed` tells it.
   * @throws {InputError} for a pattern that matches nothing and for bad options.
   */
  on<Name extends EventName>(
    name: Name,
    listener: Listener<RuntimeEvents[Name]>,
    options?: QueueOptions,
  ): () => void
  on(pattern: string, listener: Listener, options?: QueueOptions): () => void
  on(pattern: string, listener: Listener<never>, options?: QueueOptions): () => void {
    return this.#bus.on(pattern, listener as Listener, options)
  }

  /** As `on`, for one event. */
  once(pattern: string, listener: Listener): () => void {
    return this.#bus.once(pattern, listener)
  }

  off(pattern: string, listener: Listener): void {
    this.#bus.off(pattern, listener)
  }

  /**
   * Tells an event; `data` is copied and has to be plain JSON data. `cause` is the lineage of the
   * event that this one came of.
   * @throws {InputError} for a name that is a pattern, is no name, or is the runtime's own, and for
   * data that JSON cannot hold.
   */
  emit(name: string, data?: unknown, options?: EmitOptions): void {
    this.#bus.publish(name, data, options)
  }

  /**
   * Events for `for await`, from this call on. At most `queue` of them wait to be read. It ends when
   * the loop is left, when the signal aborts, and when the runtime has stopped.
   * @throws {InputError} for a pattern that matches nothing and for bad options.
   */
  stream<Name extends EventName>(
    name: Name,
    options?: StreamOptions,
  ): EventStream<RuntimeEvents[Name]>
  stream(pattern: string, options?: StreamOptions): EventStream
  stream(pattern: string, options?: StreamOptions): EventStream<never> {
    // What a name of the runtime's own carries is known by its name alone.
    return openStream(this.#bus, pattern, options) as EventStream<never>
  }
}
