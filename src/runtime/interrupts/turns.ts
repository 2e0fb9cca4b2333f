import type { Tasklet } from '../../core/tasklet.ts'
import type { Interrupt } from '../../plan/model.ts'

/** A rule and the tasklets that it has submitted. */
export interface Contender {
  readonly rule: Interrupt
  owns(tasklet: Pick<Tasklet, 'id'>): boolean
}

/** Which rules are at work: where scopes overlap, only a more important one may begin. */
export class Turns {
  readonly #atWork = new Set<Contender>()
  readonly #waiting = new Set<() => void>()

  /** False: a rule that matters as much or more is at work in an overlapping scope. */
  take(contender: Contender): boolean {
    for (const other of this.#atWork) {
      if (other === contender) continue
      const { rule } = other
      if (overlaps(rule, contender.rule) && rule.priority <= contender.rule.priority) return false
    }
    this.#atWork.add(contender)
    return true
  }

  /** For a rule that was at work before the runtime started: it has its turn already. */
  resume(contender: Contender): void {
    this.#atWork.add(contender)
  }

  release(contender: Contender): void {
    if (!this.#atWork.delete(contender)) return
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const proceed of waiting) proceed()
  }

  /** Resolves when a rule has ended its work, or the signal aborts. */
  change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const proceed = () => {
        this.#waiting.delete(proceed)
        signal.removeEventListener('abort', proceed)
        resolve()
      }
      this.#waiting.add(proceed)
      signal.addEventListener('abort', proceed, { once: true })
      if (signal.aborted) proceed()
    })
  }

  /** The tasklet belongs to a rule at work that the given one must let pass. */
  goesBefore(tasklet: Pick<Tasklet, 'id'>, { rule }: Contender): boolean {
    for (const other of this.#atWork) {
      if (other.rule !== rule && other.rule.priority < rule.priority && other.owns(tasklet)) {
        return true
      }
    }
    return false
  }
}

function overlaps(a: Interrupt, b: Interrupt): boolean {
  return a.scope === 'runtime' || b.scope === 'runtime' || a.plan === b.plan
}
