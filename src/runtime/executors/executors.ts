import { FatalError } from '../../core/errors.ts'
import type { ExecutionMode, TaskContext } from '../../plan/handler.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Tracing } from '../../ports/tracing.ts'
import type { Journal } from '../deliveries/steps.ts'
import type { DeathPolicy } from './deaths.ts'
import { Seats } from './seats.ts'
import { WorkerPool } from './worker-pool.ts'

export interface ExecutorSettings {
  /** Workers by mode. */
  readonly workers: { readonly sync: number; readonly cpu: number }
  readonly clock: Clock
  /** Milliseconds that a handler in a worker may take to end before its worker is killed. */
  readonly grace: number
  readonly supervision: DeathPolicy
  /** How handlers in workers take part in a trace. */
  readonly tracing?: Pick<Tracing, 'worker'>
}

type WorkerMode = Exclude<ExecutionMode, 'async'>

/** Runs handlers where their tasks say: in the event loop, in a thread, or in another process. */
export class Executors {
  readonly #settings: ExecutorSettings
  readonly #seats: Readonly<Record<WorkerMode, Seats>>
  /** By mode and memory; made when first needed. */
  readonly #pools = new Map<string, WorkerPool>()

  constructor(settings: ExecutorSettings) {
    this.#settings = settings
    const { sync, cpu } = settings.workers
    this.#seats = { sync: new Seats(sync), cpu: new Seats(cpu) }
  }

  /**
   * A worker's seat: resolves to what gives it back, rejects with the signal's reason when that
   * aborts first. Undefined: the task needs none.
   */
  takeSeat(task: Task, signal: () => AbortSignal): Promise<() => void> | undefined {
    return task.mode === 'async' ? undefined : this.#seats[task.mode].take(signal())
  }

  /**
   * Runs the task's handler, for whose worker the caller holds a seat: its output, or a promise of
   * it; throws or rejects as the handler does. In a worker the promise is settled only when the
   * handler has ended or its worker is gone.
   */
  run(task: Task, context: TaskContext, journal: () => Journal): unknown {
    if (task.mode === 'async') return task.run(context)
    const { plan, name, mode, memory, module } = task
    if (module === undefined) {
      const message = `${plan}/${name} cannot run in mode "${mode}": its handler exists only in this process`
      throw new FatalError(message)
    }
    return this.#pool(mode, memory).run({
      module,
      context,
      journal: journal(),
      tracing: this.#settings.tracing?.worker,
    })
  }

  /** The same for those who hold no seat. */
  async runSeated(task: Task, context: TaskContext, journal: () => Journal): Promise<unknown> {
    const leave = await this.takeSeat(task, () => context.signal)
    try {
      return await this.run(task, context, journal)
    } finally {
      leave?.()
    }
  }

  /** The version is not used any more: its code goes with the workers that still hold it. */
  retire({ tasks }: Plan, living: readonly Plan[]): void {
    const needed = new Set(living.flatMap((plan) => [...plan.tasks.values()].map(urlOf)))
    const urls = new Set([...tasks.values()].map(urlOf).filter((url) => !needed.has(url)))
    for (const pool of this.#pools.values()) pool.forget(urls)
  }

  /** Ends every worker. */
  async close(): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map((pool) => pool.close()))
  }

  #pool(mode: WorkerMode, memory: number | undefined): WorkerPool {
    const key = `${mode} ${memory ?? ''}`
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const { workers, clock, grace, supervision: deaths } = this.#settings
    const pool = new WorkerPool({ mode, size: workers[mode], memory, clock, grace, deaths })
    this.#pools.set(key, pool)
    return pool
  }
}

/** Another one for each version of the code. */
function urlOf({ module }: Task): string | undefined {
  return module?.url
}
