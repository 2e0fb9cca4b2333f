/** The kinds of work that the chaos plan knows: its tasks. */
export type Kind =
  | 'plain'
  | 'door'
  | 'heavy'
  | 'hot'
  | 'cold'
  | 'flaky'
  | 'broken'
  | 'poison'
  | 'blocker'
  | 'heat'
  | 'cool'

export const CONCURRENCY = 8
export const CAPACITIES = { door: 1, units: 3 } as const
export type Resource = keyof typeof CAPACITIES

export const NEEDS: Readonly<Partial<Record<Kind, Readonly<Partial<Record<Resource, number>>>>>> = {
  door: { door: 1 },
  heavy: { units: 2 },
}

/** The state that a kind of work relies on. */
export const REQUIRES: Readonly<Partial<Record<Kind, string>>> = { hot: 'hot', cold: 'cold' }

export const MAX_ATTEMPTS = 3

/** One piece of work by its number, which decides everything about it. */
export function kindOf(n: number): Kind {
  if (n % 40 === 7) return 'broken'
  if (n % 20 === 13) return 'flaky'
  if (n % 50 >= 45) return 'hot'
  if (n % 50 >= 40) return 'cold'
  if (n % 5 === 1) return 'door'
  if (n % 5 === 3) return 'heavy'
  return 'plain'
}

/** The number that must be done before this one may start. */
export function dependencyOf(n: number): number | undefined {
  return n % 10 === 4 ? n - 2 : undefined
}

/** What the work with this number returns. */
export function outputOf(n: number): number {
  return 3 * n + 1
}

export function isMove(kind: Kind): boolean {
  return kind === 'heat' || kind === 'cool'
}
