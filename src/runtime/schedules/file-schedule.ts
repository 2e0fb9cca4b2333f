import { relative, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { fromCallback } from 'xstate'
import type { Resident } from '../../../machines/scheduler.ts'
import { matchesPattern } from '../../plan/schedules/file-pattern.ts'
import { throughTrigger } from '../events/lineage.ts'
import { KeptSchedule } from './kept-schedule.ts'
import { markOf } from './names.ts'
import type { Occasion } from './services.ts'
import { keyOf } from './submission.ts'

/** A file counts as written when its size has stood still for so long, in milliseconds. */
const STABLE = 200
const POLL = 50

type Change = 'added' | 'changed' | 'removed'

interface Stamp {
  readonly mtimeMs: number
  readonly size: number
}

/** A schedule that fires when files in the folder of its plan come, change or go. */
export class FileSchedule extends KeptSchedule {
  /** Files as they last were, by path: the same in every process that watches them. */
  readonly #stamps = new Map<string, Stamp>()
  #state: 'starting' | 'watching' = 'starting'

  get state(): 'starting' | 'watching' | 'disabled' {
    return this.isEnabled ? this.#state : 'disabled'
  }

  get next(): undefined {
    return undefined
  }

  get resident(): Resident {
    const logic = fromCallback(() => this.#watch())
    return { id: markOf(this.schedule), logic, servesRunningWork: false }
  }

  #watch(): () => void {
    const { folder } = this.services.plan(this.schedule.plan)
    if (folder === undefined) return () => {}
    const controller = new AbortController()
    const { signal } = controller
    this.#state = 'starting'
    // Links are not followed: what they lead to is not in the folder.
    const watcher = watch(folder, {
      followSymlinks: false,
      atomic: true,
      awaitWriteFinish: { stabilityThreshold: STABLE, pollInterval: POLL },
      ignored: (path) => /[\\/](node_modules|\.git)([\\/]|$)/.test(path),
      alwaysStat: true,
    })
    this.#listen(watcher, folder, signal)
    return () => {
      controller.abort(new DOMException('the schedule has ended', 'AbortError'))
      void watcher.close().catch((error: unknown) => this.services.report(error))
    }
  }

  #listen(watcher: FSWatcher, folder: string, signal: AbortSignal): void {
    const hear = (change: Change) => (file: string, stats?: Stamp) => {
      const path = relative(folder, file).split(sep).join('/')
      if (!this.#isMeant(path)) return
      const stamp = stats ?? this.#stamps.get(path)
      if (change === 'removed') this.#stamps.delete(path)
      else if (stamp !== undefined) this.#stamps.set(path, stamp)
      // What was there before the schedule is not new.
      if (this.#state === 'watching') void this.#fire(change, path, stamp, signal)
    }
    watcher.on('add', hear('added'))
    watcher.on('change', hear('changed'))
    watcher.on('unlink', hear('removed'))
    watcher.on('error', (error) => this.services.report(error))
    watcher.on('ready', () => {
      this.#state = 'watching'
    })
  }

  #isMeant(path: string): boolean {
    const { trigger } = this.schedule
    if (trigger.kind !== 'files' || path.startsWith('..')) return false
    return trigger.paths.some((pattern) => matchesPattern(path, pattern))
  }

  async #fire(
    change: Change,
    path: string,
    stamp: Stamp | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (!this.isEnabled) return
    const event = this.#toEvent(change, path)
    const form = `${path}@${change}@${stamp?.mtimeMs ?? event.at}@${stamp?.size ?? ''}`
    const shot = {
      event,
      key: keyOf(this.schedule, form),
      source: 'event',
      overlap: this.schedule.overlap,
    } as const
    try {
      await this.firing.fire(shot, signal)
    } catch (error) {
      if (!signal.aborted) this.firing.failed(error, event)
    }
  }

  #toEvent(change: Change, path: string): Occasion {
    const data = { path }
    const { name, at, lineage } = this.services.bus.toEvent(`file.${change}`, data)
    return { name, at, data, lineage: throughTrigger(lineage, this.firing.fullName) }
  }
}
