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
  /** What stands in the store was written here. */
  #isOwn = false
  #error: unknown
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
    this.#isOwn = false
  }

  /** Nobody else has written since this process did. */
  isOwn({ version }: Fact): boolean {
    return this.#isOwn && version === this.#version
  }

  /** Resolves when what has changed so far is written or given up; rejects as the store does. */
  async flush(): Promise<void> {
    if (this.#isDirty) this.changed()
    await this.#running
    if (this.#isDirty && !this.#isClosed) throw this.#error
  }

  /** Writes, whether or not anything has changed. */
  async write(): Promise<void> {
    this.#isDirty = true
    await this.flush()
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
      let isOwn = false
      try {
        const known = { ...this.#name, version: this.#version }
        const { version } = await writeFact(
          this.#store,
          known,
          this.#noting(() => (isOwn = true)),
        )
        this.#version = version
        this.#isOwn = isOwn
      } catch (error) {
        this.#isDirty = true
        this.#error = error
        this.#source.failed(error)
        break
      }
    }
    this.#running = undefined
  }

  #noting(noted: () => void): FactSource {
    const source = this.#source
    return {
      value: () => source.value(),
      met: (fact) => source.met(fact),
      written: (fact) => {
        noted()
        source.written?.(fact)
      },
    }
  }
}
