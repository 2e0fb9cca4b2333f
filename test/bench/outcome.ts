/** What one run of a contender gave. A run that did not do its work throws instead. */
export interface Outcome {
  /** Measured values by name; the benchmark knows their units. */
  readonly figures: Readonly<Record<string, number>>
  /** The contenders of a group that give an answer must give the same one in the same round. */
  readonly answer?: string
}
