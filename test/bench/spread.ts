/** A measured value over several runs. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @throws {RangeError} without values, or with one that is not a number. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  const low = sorted[(sorted.length - 1) >> 1]
  const high = sorted[sorted.length >> 1]
  if (min === undefined || max === undefined || low === undefined || high === undefined) {
    throw new RangeError('there is no median of nothing')
  }
  if (sorted.some(Number.isNaN)) throw new RangeError('a measured value is not a number')
  return { median: (low + high) / 2, min, max }
}

/** `12.3 (11.9–14.0)`, three digits that matter. */
export function formatSpread({ median, min, max }: Spread): string {
  return `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)})`
}

export function formatNumber(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))
  return value.toFixed(Math.min(digits, 4))
}
