import { realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import type { Clock } from '../../ports/clock.ts'
import { systemClock } from '../clock.ts'
import { FolderChanges } from './folder-changes.ts'
import { mayHoldSources, maySource } from './watched-files.ts'

export interface WatchOptions {
  /** The clock of the machine unless given. */
  readonly clock?: Clock | undefined
  /** Milliseconds without a further change before one is told; 100 unless given. */
  readonly debounce?: number | undefined
  /** The watcher failed and is started again, or `onChange` rejected. */
  readonly onError?: ((error: unknown, folder: string | undefined) => void) | undefined
}

/**
 * Tells what changed: the folder as it was given, and the paths below it. `isSuperseded`: more has
 * changed since, which is told by another call, so what was made of this one need not count. It is
 * never so for longer than a while, even if the changes never end.
 */
export type OnChange = (
  folder: string,
  paths: readonly string[],
  isSuperseded: () => boolean,
) => Promise<void>

export interface Watch {
  /** Resolves when no more changes are told and the last `onChange` has ended. */
  close(): Promise<void>
}

const DEFAULT_DEBOUNCE = 100
const RESTART_AFTER = 1_000

/**
 * Tells whenever files of plans have changed: at most one call at a time for a folder, and a change
 * that comes during a call is told by another one. Resolves when it watches; what was changed
 * before is not told, so load the plans afterwards. A folder need not exist, but the one that it is
 * in has to. The paths are only hints: read the folder.
 */
export async function watchFolders(
  folders: readonly string[],
  onChange: OnChange,
  options: WatchOptions = {},
): Promise<Watch> {
  const watcher = new FolderWatcher(folders, onChange, options)
  await watcher.start()
  return watcher
}

class FolderWatcher implements Watch {
  readonly #clock: Clock
  readonly #options: WatchOptions
  /** By the folder as it was given. */
  readonly #changes: ReadonlyMap<string, FolderChanges>
  #watcher: FSWatcher | undefined
  #cancelRestart: (() => void) | undefined
  #closed = false

  constructor(folders: readonly string[], onChange: OnChange, options: WatchOptions) {
    const { clock = systemClock, debounce = DEFAULT_DEBOUNCE } = options
    this.#clock = clock
    this.#options = options
    const create = (folder: string) =>
      new FolderChanges({
        clock,
        debounce,
        tell: (paths, isSuperseded) => onChange(folder, paths, isSuperseded),
        failed: (error) => options.onError?.(error, folder),
      })
    this.#changes = new Map(folders.map((folder) => [folder, create(folder)]))
  }

  async start(): Promise<void> {
    const places = await this.#places()
    if (this.#closed) return
    const mayMatter = (path: string) =>
      places.some(({ place }) => path === dirname(place) || mayHoldSources(place, path))
    // The folder above is watched, because one that is removed and made again is another one.
    const watcher = watch([...new Set(places.map(({ place }) => dirname(place)))], {
      ignoreInitial: true,
      atomic: false,
      ignored: (path, stats) =>
        !mayMatter(path) ||
        (stats?.isFile() === true && !places.some(({ place }) => maySource(place, path))),
    })
    this.#watcher = watcher
    watcher.on('all', (_event, path) => {
      for (const { folder, place } of places) {
        if (mayHoldSources(place, path)) this.#changes.get(folder)?.note(path)
      }
    })
    const { promise, resolve: settle } = Promise.withResolvers<void>()
    watcher.once('ready', settle)
    watcher.on('error', (error) => {
      settle()
      this.#failed(watcher, error)
    })
    await promise
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancelRestart?.()
    const closing = [...this.#changes.values()].map((each) => each.close())
    await Promise.all([this.#watcher?.close(), ...closing])
  }

  /** Where the folders are: as they were given, and where links lead. */
  async #places() {
    const places: { readonly folder: string; readonly place: string }[] = []
    for (const folder of this.#changes.keys()) {
      const place = resolve(folder)
      const real = await realpath(place).catch(() => place)
      for (const each of new Set([place, real])) places.push({ folder, place: each })
    }
    return places
  }

  #failed(watcher: FSWatcher, error: unknown): void {
    if (this.#closed || this.#watcher !== watcher) return
    this.#watcher = undefined
    this.#options.onError?.(error, undefined)
    this.#cancelRestart = this.#clock.setTimer(this.#clock.now() + RESTART_AFTER, () => {
      void this.#restart(watcher)
    })
  }

  async #restart(failed: FSWatcher): Promise<void> {
    try {
      await failed.close()
      await this.start()
    } catch (error) {
      this.#options.onError?.(error, undefined)
    }
    // What changed in the meantime was not seen.
    for (const [folder, changes] of this.#changes) changes.note(resolve(folder))
  }
}
