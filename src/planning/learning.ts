import { createHash } from 'node:crypto'
import type { EdgeCosts } from './edge-costs.ts'

/** What was seen of one edge. */
export interface EdgeStatistics {
  readonly runs: number
  readonly failures: number
  /** Runs and failures in which each further run makes the earlier ones count less. */
  readonly recentRuns: number
  readonly recentFailures: number
  /** Milliseconds of a successful run, smoothed; undefined while there was none. */
  readonly duration?: number | undefined
}

export interface Observation {
  readonly ok: boolean
  /** Milliseconds. */
  readonly duration: number
}

export interface ObservedEdge {
  readonly declared: number
  readonly stats: EdgeStatistics
}

/** What remains of the weight of a run after one more: the last ten or so decide. */
const FADING = 0.9
/** The weight of the newest duration in the smoothed one. */
const SMOOTHING = 0.3
/** Successful runs after which half of what the durations say counts. */
const DURATION_PRIOR = 3
/** Successes that every edge is credited with before it was ever tried. */
const SUCCESS_PRIOR = 1
const SLOWEST = 4
const MOST_TRIES = 10
/** What an expected further try costs at least, whatever the edge declares. */
const TRY_FLOOR = 1

const UNSEEN: EdgeStatistics = { runs: 0, failures: 0, recentRuns: 0, recentFailures: 0 }

/** A failed run says nothing of how long the edge takes: a quick failure must not look cheap. */
export function learn(
  stats: EdgeStatistics | undefined,
  { ok, duration }: Observation,
): EdgeStatistics {
  const before = stats ?? UNSEEN
  const failed = ok ? 0 : 1
  return {
    runs: before.runs + 1,
    failures: before.failures + failed,
    recentRuns: before.recentRuns * FADING + 1,
    recentFailures: before.recentFailures * FADING + failed,
    duration: ok ? smoothed(before.duration, duration) : before.duration,
  }
}

function smoothed(before: number | undefined, duration: number): number {
  const newest = Number.isFinite(duration) ? Math.max(0, duration) : 0
  return before === undefined ? newest : before + SMOOTHING * (newest - before)
}

/** The share of recent runs that succeeded, 0 to 1, without the credit that the costs give. */
export function successRate({ recentRuns, recentFailures }: EdgeStatistics): number {
  return recentRuns === 0 ? 1 : 1 - recentFailures / recentRuns
}

/**
 * The cost of an edge is its declared cost × pace × tries, and at least tries − 1, so that an edge
 * that is declared free becomes dearer than a working detour once it fails; without failures tries
 * is 1 and a free edge stays free.
 *
 * - pace: the edge's milliseconds per unit of declared cost over those of all observed edges,
 *   raised to the power n ÷ (n + 3) for n successful runs, within 1/4 and 4. So costs stay in the
 *   units of the declaration, and a few runs say little.
 * - tries: how often it is expected to be tried, 1 ÷ the success rate, at most 10; the rate is
 *   (s + 1) ÷ (r + 1) for s successes in r runs, in which every further run makes the earlier ones
 *   count 0.9 of what they did.
 *
 * Repeating until success takes 1 ÷ p tries on average (the geometric distribution); smoothing with
 * a prior is Laplace's rule of succession, with all of the prior on success.
 */
export function toEdgeCosts(edges: ReadonlyMap<string, ObservedEdge>): EdgeCosts {
  const overall = overallPace(edges.values())
  const factors = new Map(
    [...edges].map(([key, edge]) => [key, { pace: paceOf(edge, overall), tries: triesOf(edge) }]),
  )
  return {
    version: createHash('sha256')
      .update(JSON.stringify([...factors]))
      .digest('hex')
      .slice(0, 32),
    cost(key, declared) {
      const seen = factors.get(key)
      if (seen === undefined) return declared
      const cost = Math.max(declared * seen.pace * seen.tries, (seen.tries - 1) * TRY_FLOOR)
      return Math.min(cost, Number.MAX_VALUE)
    },
  }
}

/** Milliseconds per unit of declared cost; undefined while nothing was timed. */
function overallPace(edges: Iterable<ObservedEdge>): number | undefined {
  let milliseconds = 0
  let units = 0
  for (const { declared, stats } of edges) {
    if (stats.duration === undefined || declared === 0) continue
    milliseconds += stats.duration
    units += declared
  }
  const pace = milliseconds / units
  return pace > 0 && Number.isFinite(pace) ? pace : undefined
}

function paceOf({ declared, stats }: ObservedEdge, overall: number | undefined): number {
  if (stats.duration === undefined || declared === 0 || overall === undefined) return 1
  const successes = stats.runs - stats.failures
  const pace = (stats.duration / declared / overall) ** (successes / (successes + DURATION_PRIOR))
  return Math.min(SLOWEST, Math.max(1 / SLOWEST, pace))
}

function triesOf({ stats: { recentRuns, recentFailures } }: ObservedEdge): number {
  const tries = (recentRuns + SUCCESS_PRIOR) / (recentRuns - recentFailures + SUCCESS_PRIOR)
  return Math.min(MOST_TRIES, tries)
}
