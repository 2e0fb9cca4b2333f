import type { Place } from './error.ts'

/** What one evaluation may use. */
export const EVALUATION_LIMITS = {
  /** Nodes evaluated, items and keys visited, and texts by the 64 code units. */
  steps: 250_000,
  /** Items of a list that one loop goes through. */
  items: 10_000,
  /** Code units of one text, and of all texts of a result. */
  text: 1024 * 1024,
  /** Values that a result is made of. */
  values: 100_000,
  /** Lists and maps inside each other. */
  depth: 256,
} as const

/** Something in an evaluation has no value. Carries its place, not yet the text around it. */
export class Failure extends Error {
  readonly place: Place

  constructor(message: string, place: Place) {
    super(message)
    this.place = place
  }
}

/** The budget is used up: unlike other failures, `||` and `&&` do not get past it. */
export class Exhausted extends Failure {}

/** Counts what an evaluation does, so that how long it takes does not depend on its data. */
export class Budget {
  #left: number = EVALUATION_LIMITS.steps

  spend(steps: number, place: Place): void {
    this.#left -= steps
    if (this.#left < 0) throw new Exhausted('the expression takes too many steps', place)
  }

  /** For work that grows with a text. */
  spendOnText(length: number, place: Place): void {
    this.spend(Math.ceil(length / 64), place)
  }

  /** Before a text is made. */
  makeText(length: number, place: Place): void {
    this.spendOnText(length, place)
    if (length > EVALUATION_LIMITS.text) {
      throw new Exhausted('a text would be longer than 1 MiB', place)
    }
  }
}
