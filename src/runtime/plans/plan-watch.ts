import type { Clock } from '../../ports/clock.ts'
import type { Reloads } from './reloads.ts'
import { type OnChange, type Watch, watchFolders } from './watcher.ts'

export interface PlanWatchServices {
  readonly clock: Clock
  readonly reloads: Pick<Reloads, 'reload' | 'close'>
  failed(error: unknown): void
}

/** Loads plans again whenever their files change. */
export class PlanWatch {
  readonly #folders: readonly string[]
  readonly #services: PlanWatchServices
  #watch: Watch | undefined

  constructor(folders: readonly string[], services: PlanWatchServices) {
    this.#folders = folders
    this.#services = services
  }

  /** Resolves when it watches, and what was changed since the plans were loaded is taken up. */
  async start(): Promise<void> {
    if (this.#folders.length === 0) return
    const { clock, reloads, failed } = this.#services
    const load: OnChange = async (folder, _, isSuperseded) =>
      void (await reloads.reload(folder, isSuperseded))
    try {
      this.#watch = await watchFolders(this.#folders, load, { clock, onError: failed })
      await reloads.reload()
    } catch (error) {
      failed(error)
    }
  }

  /** Resolves when nothing is loaded any more. */
  async close(): Promise<void> {
    await this.#watch?.close()
    await this.#services.reloads.close()
  }
}
