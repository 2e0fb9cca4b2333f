import type { Fact, StepRecord } from '../ports/store-messages.ts'
import { toJson } from './values.ts'

// What is kept beside the records, as every engine takes it in.

/**
 * The step, its output copied.
 * @throws {InputError} that names the step and the place in its output.
 */
export function toKeptStep({ name, output, at }: StepRecord): StepRecord {
  return { name, output: toJson(output, `step "${name}": output`), at }
}

/**
 * The fact as the write of it leaves it, its value copied.
 * @throws {InputError} that names the fact and the place in its value.
 */
export function toWrittenFact({ kind, key, value, version }: Fact): Fact {
  return { kind, key, value: toJson(value, `fact ${kind} "${key}": value`), version: version + 1 }
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
