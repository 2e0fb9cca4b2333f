import type { Clock } from '../../ports/clock.ts'

export interface FolderChangesSettings {
  readonly clock: Clock
  /** Milliseconds without a further change before one is told. */
  readonly debounce: number
  readonly tell: (paths: readonly string[], isSuperseded: () => boolean) => Promise<void>
  readonly failed: (error: unknown) => void
}

/** So many times the quiet that is waited for, someone who never stops writing is told anyway. */
const PATIENCE = 10

/** Changes of one folder on their way to being told, one telling at a time. */
export class FolderChanges {
  readonly #settings: FolderChangesSettings
  readonly #paths = new Set<string>()
  #since: number | undefined
  #disarm: (() => void) | undefined
  #telling: Promise<void> | undefined
  #closed = false

  constructor(settings: FolderChangesSettings) {
    this.#settings = settings
  }

  note(path: string): void {
    if (this.#closed) return
    const { clock, debounce } = this.#settings
    const now = clock.now()
    this.#since ??= now
    this.#paths.add(path)
    if (this.#telling !== undefined) return
    this.#arm(Math.min(now + debounce, this.#since + PATIENCE * debounce))
  }

  /** Resolves when the last telling has ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#disarm?.()
    await this.#telling
  }

  #arm(at: number): void {
    this.#disarm?.()
    this.#disarm = this.#settings.clock.setTimer(at, () => {
      this.#telling = this.#tell()
    })
  }

  async #tell(): Promise<void> {
    const { clock, debounce, tell, failed } = this.#settings
    const paths = [...this.#paths]
    const since = this.#since ?? clock.now()
    let wasSuperseded = false
    const isSuperseded = () => {
      wasSuperseded ||= this.#paths.size > 0 && clock.now() < since + PATIENCE * debounce
      return wasSuperseded
    }
    this.#paths.clear()
    this.#since = undefined
    try {
      await tell(paths, isSuperseded)
    } catch (error) {
      failed(error)
    }
    this.#telling = undefined
    if (wasSuperseded) this.#since = since
    if (this.#paths.size > 0 && !this.#closed) this.#arm(clock.now() + debounce)
  }
}
