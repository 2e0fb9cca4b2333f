import { toJson } from '../core/json.ts'
import type { Fact, StepRecord } from '../ports/store-messages.ts'

// What is kept beside the records, as every engine takes it in.

/**
 * The step, its output copied.
 * @throws {InputError} that names the step and the place in its output.
 */
export function toKeptStep({ name, output, at }: StepRecord): StepRecord {
  return { name, output: toJson(output, `step "${name}": output`), at }
}

/** A write of a fact: `next` stands if the version was still `read`. */
export interface FactWrite {
  readonly read: number
  readonly next: Fact
}

/**
 * What the write of the fact leaves, its value copied; without a value there is none.
 * @throws {InputError} that names the fact and the place in its value.
 */
export function toFactWrite({ kind, key, value, version }: Fact): FactWrite {
  if (value === undefined) return { read: version, next: noFact({ kind, key }) }
  const copied = toJson(value, `fact ${kind} "${key}": value`)
  return { read: version, next: { kind, key, value: copied, version: version + 1 } }
}

/** What stands where no fact was ever written. */
export function noFact({ kind, key }: Pick<Fact, 'kind' | 'key'>): Fact {
  return { kind, key, value: undefined, version: 0 }
}

/** The order of facts of one kind. */
export function byKey(one: Fact, other: Fact): number {
  if (one.key === other.key) return 0
  return one.key < other.key ? -1 : 1
}
