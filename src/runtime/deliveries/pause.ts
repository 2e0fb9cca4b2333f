import { unlessAborted } from '../unless-aborted.ts'

/** Where work stands while it is paused: only at its own checkpoints, so nothing is left half done. */
export class Pause {
  #resumed: PromiseWithResolvers<void> | undefined
  #standing = 0
  #listeners: (() => void)[] = []
  readonly #moved: (stands: boolean) => void

  /** `moved` learns when the first checkpoint is reached and when the work goes on. */
  constructor(moved: (stands: boolean) => void) {
    this.#moved = moved
  }

  get asked(): boolean {
    return this.#resumed !== undefined
  }

  /** Resolves when it ends; undefined while it is not asked for. */
  get over(): Promise<void> | undefined {
    return this.#resumed?.promise
  }

  ask(): void {
    this.#resumed ??= Promise.withResolvers<void>()
  }

  end(): void {
    const resumed = this.#resumed
    this.#resumed = undefined
    this.#listeners = []
    if (this.#standing > 0) this.#moved(false)
    this.#standing = 0
    resumed?.resolve()
  }

  /** Resolves when the work may go on; rejects with the signal's reason when it has to stop. */
  async reach(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const resumed = this.#resumed
    if (resumed === undefined) return
    this.#standing += 1
    if (this.#standing === 1) {
      this.#moved(true)
      this.release()
    }
    try {
      await unlessAborted(resumed.promise, signal)
    } catch (error) {
      this.#leave(resumed)
      throw error
    }
  }

  /** What was told to stop stands no longer, though the pause goes on. */
  #leave(pause: PromiseWithResolvers<void>): void {
    if (this.#resumed !== pause) return
    this.#standing -= 1
    if (this.#standing === 0) this.#moved(false)
  }

  /** Calls once: when the work stands, or has ended. */
  onStanding(listener: () => void): void {
    if (this.#standing > 0) listener()
    else this.#listeners.push(listener)
  }

  /** Nobody has to wait any longer for the work to stand. */
  release(): void {
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }
}
