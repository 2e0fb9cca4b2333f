import type { RuntimeEvent } from '../../core/events.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { Problem } from '../http/problem.ts'
import { Channel } from './channel.ts'
import { type Entry, toEntry, toNotice } from './entry.ts'
import { Listener } from './listener.ts'
import {
  type EventStreamOptions,
  type EventStreamSettings,
  toEventStreamSettings,
} from './options.ts'

export interface ListenRequest {
  readonly pattern: string
  /** Of the event that was heard last. */
  readonly lastId: string | undefined
  /** Ends the connection of a listener that takes nothing. */
  cut(): void
}

/** Events are told in portions, so that many listeners cost few writes; milliseconds. */
const PORTION_TIME = 10
/** Patterns that are remembered while nobody listens to them. */
const MOST_IDLE = 32

/** The events of a runtime for those who listen over HTTP. */
export class EventFeed {
  readonly #events: Pick<Runtime['events'], 'on'>
  readonly #settings: EventStreamSettings
  readonly #channels = new Map<string, Channel>()
  /** Patterns without listeners, and what stops their end; the one left first comes first. */
  readonly #idle = new Map<string, () => void>()
  readonly #entries = new WeakMap<RuntimeEvent, Entry>()
  readonly #cutters = new WeakMap<Listener, () => void>()
  #count = 0
  #cancelFlush: (() => void) | undefined
  #cancelBeat: (() => void) | undefined
  #isClosed = false

  /** @throws {InputError} for options that cannot be used. */
  constructor({ events }: Pick<Runtime, 'events'>, options: EventStreamOptions = {}) {
    this.#events = events
    this.#settings = toEventStreamSettings(options)
    // Whoever listens hears of this end as of any other event, and is sent away then.
    events.on('runtime.stopped', () => queueMicrotask(() => this.close()))
    events.on('runtime.failed', () => queueMicrotask(() => this.close()))
  }

  /** How many listen. */
  get size(): number {
    return this.#count
  }

  /**
   * A stream of server-sent events.
   * @throws {InputError} for a pattern that matches nothing.
   * @throws {Problem} `overloaded` when too many listen already; `lifecycle` after `close`.
   */
  open({ pattern, lastId, cut }: ListenRequest): ReadableStream<Uint8Array> {
    this.#requireRoom()
    const { clock, queue, retry } = this.#settings
    const channel = this.#channel(pattern)
    const listener: Listener = new Listener({
      queue,
      now: () => clock.now(),
      left: () => this.#left(pattern, channel, listener),
    })
    this.#cutters.set(listener, cut)
    this.#count += 1
    listener.add(`retry: ${retry}\n\n`)
    channel.join(listener, lastId)
    this.#cancelBeat ??= this.#later(this.#settings.heartbeat, this.#beat)
    return listener.stream
  }

  /** Sends everybody away; they are told when to come back. Closing twice does nothing. */
  close(): void {
    if (this.#isClosed) return
    this.#flush()
    this.#isClosed = true
    const notice = toNotice('end', { reason: 'shutdown', retry: this.#settings.retry })
    for (const channel of this.#channels.values()) {
      for (const listener of [...channel.listeners]) listener.end(notice)
    }
    for (const pattern of [...this.#channels.keys()]) this.#end(pattern)
    this.#cancelFlush?.()
    this.#cancelBeat?.()
  }

  #requireRoom(): void {
    if (this.#isClosed) throw new Problem('lifecycle', 'the server is stopping: come back later')
    const { maxListeners, retry } = this.#settings
    if (this.#count < maxListeners) return
    throw new Problem('overloaded', `${maxListeners} listen already: try again later`, {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(retry / 1000))) },
    })
  }

  #channel(pattern: string): Channel {
    this.#idle.get(pattern)?.()
    this.#idle.delete(pattern)
    const known = this.#channels.get(pattern)
    if (known !== undefined) return known
    const channel = new Channel({
      replay: this.#settings.replay,
      subscribe: (heard) => this.#events.on(pattern, heard),
      toEntry: (event) => this.#toEntry(event),
      heard: () => {
        this.#cancelFlush ??= this.#later(PORTION_TIME, this.#flush)
      },
    })
    this.#channels.set(pattern, channel)
    return channel
  }

  /** Once, however many patterns it matches. */
  #toEntry(event: RuntimeEvent): Entry {
    const known = this.#entries.get(event) ?? toEntry(event)
    this.#entries.set(event, known)
    return known
  }

  #left(pattern: string, channel: Channel, listener: Listener): void {
    channel.remove(listener)
    this.#count -= 1
    if (this.#count === 0) {
      this.#cancelBeat?.()
      this.#cancelBeat = undefined
    }
    if (channel.listeners.size > 0 || this.#isClosed) return
    this.#idle.set(
      pattern,
      this.#later(this.#settings.linger, () => this.#end(pattern)),
    )
    const [first] = this.#idle.keys()
    if (this.#idle.size > MOST_IDLE && first !== undefined) this.#end(first)
  }

  #end(pattern: string): void {
    this.#idle.get(pattern)?.()
    this.#idle.delete(pattern)
    this.#channels.get(pattern)?.close()
    this.#channels.delete(pattern)
  }

  readonly #flush = (): void => {
    this.#cancelFlush = undefined
    for (const channel of this.#channels.values()) channel.flush()
  }

  readonly #beat = (): void => {
    this.#cancelBeat = undefined
    for (const channel of this.#channels.values()) {
      for (const listener of [...channel.listeners]) this.#beatOne(listener)
    }
    if (this.#count > 0) this.#cancelBeat = this.#later(this.#settings.heartbeat, this.#beat)
  }

  #beatOne(listener: Listener): void {
    if (listener.isStalled(this.#settings.stall)) {
      this.#cutters.get(listener)?.()
      listener.cut()
    } else listener.beat()
  }

  #later(delay: number, then: () => void): () => void {
    const { clock } = this.#settings
    return clock.setTimer(clock.now() + delay, then)
  }
}
