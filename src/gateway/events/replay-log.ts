import type { Entry } from './entry.ts'

/** What a listener that comes back has to be told first. */
export interface Replay {
  /** The log does not reach back to what the listener heard last: something is lost. */
  readonly hasGap: boolean
  readonly entries: readonly Entry[]
}

/** The last events, bounded in number and length. */
export class ReplayLog {
  readonly #most: number
  readonly #longest: number
  readonly #entries: Entry[] = []
  #length = 0

  /** `longest`: characters of all of them together. */
  constructor(most: number, longest: number) {
    this.#most = most
    this.#longest = longest
  }

  get oldest(): string | undefined {
    return this.#entries[0]?.id
  }

  add(entry: Entry): void {
    this.#entries.push(entry)
    this.#length += entry.text.length
    while (this.#entries.length > this.#most || this.#length > this.#longest) {
      this.#length -= this.#entries.shift()?.text.length ?? 0
    }
  }

  /** What came after the event of this id; everything that is kept if that is not among it. */
  after(id: string): Replay {
    const at = this.#entries.findLastIndex((entry) => entry.id === id)
    return { hasGap: at === -1, entries: this.#entries.slice(at + 1) }
  }

  clear(): void {
    this.#entries.length = 0
    this.#length = 0
  }
}
