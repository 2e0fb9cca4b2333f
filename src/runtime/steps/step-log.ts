import type { RuntimeEvents } from '../../core/events.ts'

/** One attempt of one step, as far as it is known; times are milliseconds. */
export interface StepReport {
  /** Path of the step within its task: `dump[3]`, or `restore/fetch` for one of a sub-task. */
  readonly key: string
  /** 1 for the first attempt of the step; undefined: nobody kept it. */
  readonly attempt?: number | undefined
  readonly status: 'running' | RuntimeEvents['step.ended']['status']
  /** Since the epoch. */
  readonly startedAt?: number | undefined
  /** Since the epoch. */
  readonly endedAt?: number | undefined
  readonly duration?: number | undefined
  /** Why it failed. */
  readonly message?: string | undefined
}

/** Which attempt of which tasklet the steps belong to. */
export interface StepOwner {
  readonly id: string
  /** Failed attempts before this one. */
  readonly attempts: number
}

interface Run {
  readonly attempts: number
  /** By key and attempt, in the order in which they began. */
  readonly steps: Map<string, StepReport>
}

const MOST_RUNS = 500
const MOST_STEPS = 1000

/**
 * What the steps of tasklets that run or ran in this process have done: of the last attempt, and of
 * so many tasklets and steps as fit. The oldest are forgotten first.
 */
export class StepLog {
  readonly #runs = new Map<string, Run>()

  began(owner: StepOwner, key: string, attempt: number, at: number): void {
    const { steps } = this.#runOf(owner)
    const name = `${key}#${attempt}`
    // A step that an earlier delivery had begun stands where it is begun now.
    steps.delete(name)
    steps.set(name, { key, attempt, status: 'running', startedAt: at })
    trim(steps, MOST_STEPS)
  }

  ended(owner: StepOwner, report: StepReport): void {
    const { steps } = this.#runOf(owner)
    steps.set(`${report.key}#${report.attempt}`, report)
    trim(steps, MOST_STEPS)
  }

  /** The run is over: what had begun and not ended is not under way any more. */
  left({ id }: StepOwner): void {
    const steps = this.#runs.get(id)?.steps ?? new Map<string, StepReport>()
    for (const [name, { status }] of steps) if (status === 'running') steps.delete(name)
  }

  /** The steps of this attempt of the tasklet, in the order in which they began. */
  of({ id, attempts }: StepOwner): readonly StepReport[] {
    const run = this.#runs.get(id)
    return run === undefined || run.attempts < attempts - 1 ? [] : [...run.steps.values()]
  }

  #runOf({ id, attempts }: StepOwner): Run {
    const known = this.#runs.get(id)
    if (known?.attempts === attempts) return known
    const run = { attempts, steps: new Map<string, StepReport>() }
    this.#runs.delete(id)
    this.#runs.set(id, run)
    trim(this.#runs, MOST_RUNS)
    return run
  }
}

function trim(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return
  const oldest = map.keys().next()
  if (oldest.done === false) map.delete(oldest.value)
}
