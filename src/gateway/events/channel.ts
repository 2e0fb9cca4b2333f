import type { RuntimeEvent } from '../../core/events.ts'
import { type Entry, toNotice } from './entry.ts'
import type { Listener } from './listener.ts'
import { ReplayLog } from './replay-log.ts'

export interface ChannelParts {
  /** Events that are kept. */
  readonly replay: number
  /** Begins to hear the events; the returned function ends it. */
  subscribe(heard: (event: RuntimeEvent) => void): () => void
  toEntry(event: RuntimeEvent): Entry
  /** Something waits to be told. */
  heard(): void
}

/** Characters of the events that are kept. */
const LONGEST = 2_097_152
/** Events that are not told yet; they are few, unless the process is busy for long. */
const MOST_PENDING = 10_000

/** The events of one pattern, and those who listen to them. */
export class Channel {
  readonly #parts: ChannelParts
  readonly #log: ReplayLog
  readonly #listeners = new Set<Listener>()
  readonly #leave: () => void
  #pending: RuntimeEvent[] = []
  #missed = 0

  /** @throws {InputError} for a pattern that matches nothing. */
  constructor(parts: ChannelParts) {
    this.#parts = parts
    this.#log = new ReplayLog(parts.replay, LONGEST)
    this.#leave = parts.subscribe(this.#hear)
  }

  get listeners(): ReadonlySet<Listener> {
    return this.#listeners
  }

  /** `lastId`: of the event that the listener heard last, if it comes back. */
  join(listener: Listener, lastId: string | undefined): void {
    // Those that were there before are told to the others first, and to this one by the log.
    this.flush()
    if (lastId !== undefined) {
      const { hasGap, entries } = this.#log.after(lastId)
      if (hasGap) listener.add(toNotice('gap', { after: lastId, oldest: this.#log.oldest ?? null }))
      for (const { text } of entries) listener.add(text)
    }
    this.#listeners.add(listener)
    listener.flush()
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  /** Tells what was heard since the last time. */
  flush(): void {
    const pending = this.#pending
    if (pending.length === 0) return
    this.#pending = []
    if (this.#missed > 0) this.#forgetWhatWas()
    for (const event of pending) {
      const entry = this.#parts.toEntry(event)
      this.#log.add(entry)
      for (const listener of this.#listeners) listener.add(entry.text)
    }
    for (const listener of this.#listeners) listener.flush()
  }

  /** Everybody has left or will be sent away. */
  close(): void {
    this.#leave()
    this.#pending = []
    this.#log.clear()
  }

  /** Runs where the event is told, so it only notes it. */
  readonly #hear = (event: RuntimeEvent): void => {
    if (this.#pending.length >= MOST_PENDING) {
      this.#pending.shift()
      this.#missed += 1
    }
    this.#pending.push(event)
    this.#parts.heard()
  }

  #forgetWhatWas(): void {
    const notice = toNotice('dropped', { dropped: this.#missed })
    this.#missed = 0
    this.#log.clear()
    for (const listener of this.#listeners) listener.add(notice)
  }
}
