/** Numbers in [0, 1) that a seed repeats (a linear congruence of 32 bits). */
function seededNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export interface Quantised {
  readonly weights: number
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** The largest difference between a weight and what it has become, relative to the largest weight. */
  readonly error: number
}

/** Rounds as many seeded weights from 4 bytes to 1. */
export function quantiseWeights(count: number, seed: number): Quantised {
  const next = seededNumbers(seed)
  const weights = Float32Array.from({ length: count }, () => next() * 2 - 1)
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  const scale = largest / 127
  const small = Int8Array.from(weights, (weight) => Math.round(weight / scale))
  const error = weights.reduce(
    (most, weight, at) => Math.max(most, Math.abs(weight - (small[at] ?? 0) * scale)),
    0,
  )
  return {
    weights: count,
    bytesBefore: weights.byteLength,
    bytesAfter: small.byteLength,
    error: error / largest,
  }
}

/** The order in which things come that a seed repeats. */
export function shuffled<T>(things: readonly T[], seed: number): readonly T[] {
  const next = seededNumbers(seed)
  return things
    .map((thing) => ({ thing, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ thing }) => thing)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
