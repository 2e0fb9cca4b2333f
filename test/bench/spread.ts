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

/** In another unit. */
export function scale({ median, min, max }: Spread, factor: number): Spread {
  return { median: median * factor, min: min * factor, max: max * factor }
}

/** The value that the share `q` (0..1) of the values do not exceed. @throws {RangeError} without values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('there is no quantile of nothing')
  return value
}

/** `12.3 (11.9–14.0)`, three digits that matter. */
export function formatSpread({ median, min, max }: Spread): string {
  return `${formatNumber(median)} (${formatNumber(min)}–${formatNumber(max)})`
}

export function formatNumber(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))
  return value.toFixed(Math.min(digits, 4))
}
