export type Random = () => number

export function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)]
  if (one === undefined) throw new Error('there is nothing to pick from')
  return one
}

/** An integer from 0 to below the limit. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}
