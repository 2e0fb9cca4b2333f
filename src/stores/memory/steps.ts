import type { StepRecord } from '../../ports/store-messages.ts'
import { toKeptStep } from '../notes.ts'

/** The steps of tasklets, by the tasklet's id and then by name. */
export class Steps {
  readonly #kept = new Map<string, Map<string, StepRecord>>()

  /** `step` has passed `toKeptStep`. */
  keep(id: string, step: StepRecord): void {
    const steps = this.#kept.get(id) ?? new Map<string, StepRecord>()
    if (!steps.has(step.name)) steps.set(step.name, step)
    this.#kept.set(id, steps)
  }

  of(id: string): readonly StepRecord[] {
    return Array.from(this.#kept.get(id)?.values() ?? [], toKeptStep)
  }

  drop(id: string): void {
    this.#kept.delete(id)
  }
}
