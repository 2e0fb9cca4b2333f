import { Tinypool } from 'tinypool'
import { SetpointError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { type DeathPolicy, Deaths } from './deaths.ts'
import { inheritedFlags } from './inherited-flags.ts'
import { NotBegun, WorkerRun, type WorkerTask } from './worker-run.ts'

export interface WorkerPoolSettings {
  readonly mode: 'sync' | 'cpu'
  readonly size: number
  /** MiB for one worker; undefined: what Node gives it. */
  readonly memory: number | undefined
  readonly clock: Clock
  readonly grace: number
  readonly deaths: DeathPolicy
}

/** A worker that has had nothing to do for so long goes. */
const IDLE_TIMEOUT = 60_000

/** From source and from dist alike. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js',
  import.meta.url,
)

/**
 * Workers of one kind. Whoever calls sees to it that no more run at once than the pool is large:
 * a job that waits inside of the pool would not learn that its worker has died.
 */
export class WorkerPool {
  readonly #settings: WorkerPoolSettings
  readonly #pool: Tinypool
  readonly #deaths: Deaths
  readonly #runs = new Set<WorkerRun>()
  /** URLs of what the workers have loaded. */
  readonly #loaded = new Set<string>()
  /** The workers hold what is not needed any more. */
  #isStale = false

  constructor(settings: WorkerPoolSettings) {
    this.#settings = settings
    this.#deaths = new Deaths(settings.clock, settings.deaths)
    this.#pool = new Tinypool({
      ...toOptions(settings),
      filename: ENTRY,
      name: 'work',
      minThreads: 0,
      maxThreads: settings.size,
      idleTimeout: IDLE_TIMEOUT,
      useAtomics: false,
    })
    // A worker died that had nothing to do, or before it could take what waits for it.
    this.#pool.on('error', () => {
      this.#deaths.note()
      this.#pool.cancelPendingTasks()
    })
  }

  async run(task: WorkerTask): Promise<unknown> {
    const { mode, clock, grace } = this.#settings
    const [died, began] = [() => this.#deaths.note(), () => this.#renew()]
    const services = { pool: this.#pool, mode, clock, grace, died, began }
    for (;;) {
      this.#requireHealth()
      this.#loaded.add(task.module.url)
      const run = new WorkerRun(services, task)
      this.#runs.add(run)
      try {
        return await run.run()
      } catch (error) {
        if (!(error instanceof NotBegun)) throw error
      } finally {
        this.#runs.delete(run)
        this.#renew()
      }
    }
  }

  /** What nobody needs any more is kept by no worker: those that have it make room for others. */
  forget(urls: ReadonlySet<string | undefined>): void {
    if (![...urls].some((url) => url !== undefined && this.#loaded.has(url))) return
    this.#isStale = true
    this.#renew()
  }

  /** Ends every worker. */
  close(): Promise<void> {
    return this.#pool.destroy()
  }

  /** Ends the workers that are idle now, and the others when they have done what they do. */
  #renew(): void {
    if (!this.#isStale) return
    // A run that waits for a worker which is being started would wait for ever.
    for (const { hasBegun } of this.#runs) if (!hasBegun) return
    this.#isStale = false
    this.#loaded.clear()
    this.#pool.recycleWorkers().catch(() => this.#deaths.note())
  }

  #requireHealth(): void {
    const until = this.#deaths.closedUntil
    if (until === undefined) return
    const { mode, deaths } = this.#settings
    const message = `more than ${deaths.intensity} workers of mode "${mode}" died within ${deaths.within} ms: none is started before ${new Date(until).toISOString()}. See the errors of the tasks that ran in them`
    throw new SetpointError('workers_unwell', message)
  }
}

function toOptions({ mode, memory }: WorkerPoolSettings) {
  if (mode === 'sync') {
    return {
      runtime: 'worker_threads' as const,
      ...(memory !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memory } }),
    }
  }
  const limit = memory === undefined ? [] : [`--max-old-space-size=${memory}`]
  return {
    runtime: 'child_process' as const,
    serialization: 'advanced' as const,
    env: definedOf(process.env),
    execArgv: [...inheritedFlags(process.execArgv), ...limit],
  }
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
