import type { Outcome } from './outcome.ts'
import { type Spread, spreadOf } from './spread.ts'

/** The counted outcomes of all contenders. */
export class Results {
  readonly #outcomes = new Map<string, readonly Outcome[]>()
  readonly #skipped = new Map<string, string>()

  add(group: string, contender: string, outcomes: readonly Outcome[]): void {
    this.#outcomes.set(keyOf(group, contender), outcomes)
  }

  /** A contender that was not measured, and why. */
  skip(contender: string, reason: string): void {
    this.#skipped.set(contender, reason)
  }

  /** Who was not measured, with the reason. */
  get skipped(): readonly (readonly [contender: string, reason: string])[] {
    return [...this.#skipped]
  }

  has(group: string, contender: string): boolean {
    return this.#outcomes.has(keyOf(group, contender))
  }

  /** One figure over the counted runs. @throws {RangeError} when it was not measured. */
  spread(group: string, contender: string, figure: string): Spread {
    return spreadOf(this.#values(group, contender, figure))
  }

  /** How often the other value is in the one of the same round: alternating runs share the noise. */
  ratio(one: Measured, other: Measured): Spread {
    const others = this.#values(...other)
    const ratios = this.#values(...one).map((value, round) => value / (others[round] ?? Number.NaN))
    return spreadOf(ratios)
  }

  /** The one value less the other of the same round. */
  difference(one: Measured, other: Measured): Spread {
    const others = this.#values(...other)
    return spreadOf(
      this.#values(...one).map((value, round) => value - (others[round] ?? Number.NaN)),
    )
  }

  #values(group: string, contender: string, figure: string): number[] {
    const outcomes = this.#outcomes.get(keyOf(group, contender)) ?? []
    const values = outcomes.flatMap(({ figures }) => figures[figure] ?? [])
    if (values.length > 0) return values
    throw new RangeError(`"${figure}" of ${contender} in ${group} was not measured`)
  }
}

/** Group, contender and figure. */
export type Measured = readonly [group: string, contender: string, figure: string]

function keyOf(group: string, contender: string): string {
  return JSON.stringify([group, contender])
}
