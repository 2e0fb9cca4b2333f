/**
 * Counts of durations in buckets that grow by a quarter, so that percentiles of many histograms can
 * be added up: index i holds values up to BOUNDS[i] milliseconds, the last one everything above.
 * Trailing zeros are left out.
 */
export type Histogram = readonly number[]

const GROWTH = 1.25
const BUCKETS = 96

/** Upper bounds in milliseconds: 0.5 to about 900 million (ten days). */
export const BOUNDS: readonly number[] = Array.from(
  { length: BUCKETS },
  (_, index) => 0.5 * GROWTH ** index,
)

/** Counts one duration; changes the given array, which its owner keeps to itself. */
export function countDuration(histogram: number[], milliseconds: number): void {
  const index = bucketOf(milliseconds)
  while (histogram.length <= index) histogram.push(0)
  histogram[index] = (histogram[index] ?? 0) + 1
}

function bucketOf(milliseconds: number): number {
  if (milliseconds <= 0.5) return 0
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(milliseconds / 0.5) / Math.log(GROWTH)))
}

export function addHistograms(histograms: readonly Histogram[]): Histogram {
  const sum: number[] = []
  for (const histogram of histograms) {
    for (const [index, count] of histogram.entries()) {
      while (sum.length <= index) sum.push(0)
      sum[index] = (sum[index] ?? 0) + count
    }
  }
  return sum
}

/**
 * The upper bound, in milliseconds, of the bucket in which the given share (0..1) is reached;
 * undefined for an empty histogram. Too high by a quarter at the most.
 */
export function percentile(histogram: Histogram, share: number): number | undefined {
  const total = histogram.reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  let seen = 0
  for (const [index, count] of histogram.entries()) {
    seen += count
    if (seen >= share * total) return BOUNDS[index]
  }
  return BOUNDS[histogram.length - 1]
}
