import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'

export interface FactSource {
  /** The value as it is now. */
  value(): unknown
  /** Whether what another process has written meanwhile stands against ours. */
  isOlderThan(theirs: unknown): boolean
  /** What another process has written stands, and ours was not kept. */
  overtaken(): void
  failed(error: unknown): void
}

/**
 * Keeps one fact up to date: one write is under way at most, and the next one writes what is newest
 * then. What could not be written is tried again with the next change.
 */
export class FactWriter {
  readonly #store: Pick<Store, 'writeFact'>
  readonly #source: FactSource
  readonly #kind: string
  readonly #key: string
  #version = 0
  #isDirty = false
  #isClosed = false
  #running: Promise<void> | undefined

  constructor(
    store: Pick<Store, 'writeFact'>,
    name: Pick<Fact, 'kind' | 'key'>,
    source: FactSource,
  ) {
    this.#store = store
    this.#kind = name.kind
    this.#key = name.key
    this.#source = source
  }

  /** The fact was read. */
  read({ version }: Fact): void {
    this.#version = version
  }

  changed(): void {
    this.#isDirty = true
    if (!this.#isClosed) this.#running ??= this.#run()
  }

  /** Writes what is not written yet; nothing is written after. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
    if (this.#isDirty) await this.#run()
  }

  async #run(): Promise<void> {
    // Changes that are made together are written together.
    await Promise.resolve()
    while (this.#isDirty) {
      this.#isDirty = false
      try {
        await this.#write()
      } catch (error) {
        this.#isDirty = true
        this.#source.failed(error)
        break
      }
    }
    this.#running = undefined
  }

  async #write(): Promise<void> {
    const name = { kind: this.#kind, key: this.#key }
    for (;;) {
      const value = this.#source.value()
      const { written, fact } = await this.#store.writeFact({
        ...name,
        value,
        version: this.#version,
      })
      this.#version = fact.version
      if (written) return
      if (this.#source.isOlderThan(fact.value)) return this.#source.overtaken()
    }
  }
}
