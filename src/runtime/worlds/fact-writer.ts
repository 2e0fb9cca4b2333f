import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'

type FactStore = Pick<Store, 'writeFact'>

export interface FactSource {
  /** The value as it is now; asked for again before each try. */
  value(): unknown
  /** Another process has written meanwhile: `theirs` gives ours up, `ours` tries again. */
  met(fact: Fact): 'ours' | 'theirs'
  written?(fact: Fact): void
}

interface KeptFactSource extends FactSource {
  failed(error: unknown): void
}

/** Writes until it is written or given up: what the store has then. Rejects as the store does. */
export async function writeFact(
  store: FactStore,
  known: Omit<Fact, 'value'>,
  source: FactSource,
): Promise<Fact> {
  const { kind, key } = known
  let { version } = known
  for (;;) {
    const { written, fact } = await store.writeFact({ kind, key, version, value: source.value() })
    if (written) {
      source.written?.(fact)
      return fact
    }
    if (source.met(fact) === 'theirs') return fact
    version = fact.version
  }
}

/**
 * Keeps one fact up to date: one write is under way at most, and the next one writes what is newest
 * then. What could not be written is tried again with the next change.
 */
export class FactWriter {
  readonly #store: FactStore
  readonly #source: KeptFactSource
  readonly #name: Pick<Fact, 'kind' | 'key'>
  #version = 0
  #isDirty = false
  #isClosed = false
  #running: Promise<void> | undefined

  constructor(store: FactStore, name: Pick<Fact, 'kind' | 'key'>, source: KeptFactSource) {
    this.#store = store
    this.#name = name
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
        const known = { ...this.#name, version: this.#version }
        const { version } = await writeFact(this.#store, known, this.#source)
        this.#version = version
      } catch (error) {
        this.#isDirty = true
        this.#source.failed(error)
        break
      }
    }
    this.#running = undefined
  }
}
