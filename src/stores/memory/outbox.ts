import type { Tasklet } from '../../core/tasklet.ts'
import type { OutboxEntry, OutboxKind, OutboxRequest } from '../../ports/outbox.ts'
import { toEntries } from '../outbox.ts'

interface Taken {
  readonly owner: string
  readonly until: number
}

/** What happened and has not been told yet, oldest first. */
export class Outbox {
  readonly #kinds = new Set<OutboxKind>()
  readonly #entries = new Map<number, OutboxEntry>()
  readonly #taken = new Map<number, Taken>()
  readonly #listeners = new Set<() => void>()
  #last = 0
  #isNoted = false

  /** Notes these kinds too from now on. */
  add(kinds: readonly OutboxKind[]): void {
    for (const kind of kinds) this.#kinds.add(kind)
  }

  /** A record was added or has taken the place of another. */
  note(previous: Tasklet | undefined, next: Tasklet): void {
    if (this.#kinds.size === 0) return
    const at = previous === undefined ? next.createdAt : next.updatedAt
    for (const entry of toEntries(this.#kinds, previous, next, at)) {
      this.#last += 1
      this.#entries.set(this.#last, { ...entry, entry: this.#last })
      this.#tell()
    }
  }

  take({ kind, owner, limit, now, until }: OutboxRequest): readonly OutboxEntry[] {
    const given: OutboxEntry[] = []
    for (const entry of this.#entries.values()) {
      if (given.length >= limit) break
      if (entry.kind !== kind || this.#isTaken(entry.entry, owner, now)) continue
      this.#taken.set(entry.entry, { owner, until })
      given.push(entry)
    }
    return given
  }

  clear(entries: readonly number[]): void {
    for (const entry of entries) {
      this.#entries.delete(entry)
      this.#taken.delete(entry)
    }
  }

  listen(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  #isTaken(entry: number, owner: string, now: number): boolean {
    const taken = this.#taken.get(entry)
    return taken !== undefined && taken.owner !== owner && taken.until > now
  }

  /** When the call that notes it is over, so that a listener finds everything done. */
  #tell(): void {
    if (this.#isNoted) return
    this.#isNoted = true
    queueMicrotask(() => {
      this.#isNoted = false
      for (const listener of this.#listeners) listener()
    })
  }
}
