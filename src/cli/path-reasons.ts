import { access } from 'node:fs/promises'
import { formatDuration } from '../core/duration.ts'
import { DEFAULT_DATABASE } from '../create-runtime.ts'
import type { Plan } from '../plan/model.ts'
import type { EdgeCosts } from '../planning/edge-costs.ts'
import { type EdgeStatistics, successRate } from '../planning/learning.ts'
import type { PathStep, Planner, Verdict } from '../planning/planner.ts'
import { LearnedCosts } from '../runtime/worlds/learned-costs.ts'
import { withDatabase } from './database.ts'
import { formatPath, roundCost } from './path-text.ts'
import type { Style } from './style.ts'
import { formatTable } from './table.ts'

interface Question {
  readonly plan: Plan
  readonly planner: Planner
  readonly from: readonly string[]
  readonly target: string
  /** The file of the database. */
  readonly db: string
}

interface Learned {
  readonly costs: EdgeCosts | undefined
  readonly statistics: ReadonlyMap<string, EdgeStatistics>
}

/** A path, what is known of its edges, and the best way that does without the first of them. */
export interface PathReasons {
  readonly from: readonly string[]
  readonly verdict: Verdict
  readonly statistics: ReadonlyMap<string, EdgeStatistics>
  /** Undefined for a path without steps. */
  readonly alternative: { readonly verdict: Verdict; readonly reason: string } | undefined
  /** All of it as JSON. */
  readonly data: object
}

/** The database is only read; the default one need not be there. */
export async function toReasons(
  question: Question,
  warn: (problem: string) => void,
): Promise<PathReasons> {
  const { plan, planner, from, target } = question
  const { costs, statistics } = await learnedOf(question, warn)
  const asked = { from, targets: [target], costs }
  const verdict = planner.findPath(asked)
  const path = verdict.outcome === 'reachable' ? verdict.path : []
  const [first] = path
  const other = first && planner.findPath({ ...asked, banned: new Set([first.key]) })
  const alternative = other && { verdict: other, reason: reasonAgainst(path, other, statistics) }
  const header = { plan: plan.name, version: plan.version, from, target }
  const data = {
    ...{ ...header, ...toData(verdict, statistics) },
    ...(alternative && {
      alternative: { ...toData(alternative.verdict, statistics), reason: alternative.reason },
    }),
  }
  return { from, verdict, statistics, alternative, data }
}

async function learnedOf(
  { plan, planner, db }: Question,
  warn: (problem: string) => void,
): Promise<Learned> {
  if (db === DEFAULT_DATABASE && !(await exists(db))) {
    return { costs: undefined, statistics: new Map() }
  }
  return withDatabase(db, async (store) => {
    const learned = new LearnedCosts({
      store,
      learning: true,
      edges: (name) => (name === plan.name ? planner.edges() : undefined),
      failed: (error) => warn(`what was learned cannot be read: ${String(error)}`),
    })
    await learned.load()
    return { costs: learned.costs(plan.name), statistics: learned.statistics(plan.name) }
  })
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

function toData(verdict: Verdict, statistics: PathReasons['statistics']) {
  if (verdict.outcome !== 'reachable') return verdict
  const path = verdict.path.map(({ key, event, task, from, to, cost, declared }) => {
    const seen = statistics.get(key)
    return {
      ...{ event, task, from, to, cost, declared },
      ...(seen && {
        ...{ runs: seen.runs, failures: seen.failures },
        ...{ successRate: successRate(seen), duration: seen.duration },
      }),
    }
  })
  return { outcome: verdict.outcome, cost: verdict.cost, path }
}

function reasonAgainst(
  path: readonly PathStep[],
  other: Verdict,
  statistics: PathReasons['statistics'],
): string {
  if (other.outcome !== 'reachable') return other.message
  const [ours, theirs] = [sum(path, 'cost'), sum(other.path, 'cost')]
  const declared = `declared ${roundCost(sum(other.path, 'declared'))} against ${roundCost(sum(path, 'declared'))}`
  const dearer = other.path
    .filter(({ cost, declared }) => cost > declared)
    .map((step) => describeDearer(step, statistics.get(step.key)))
  if (theirs > ours)
    return [`${roundCost(theirs - ours)} dearer: ${declared}`, ...dearer].join('; ')
  return other.path.length > path.length ? 'as cheap, in more steps' : 'as cheap, later by name'
}

function describeDearer(
  { event, cost, declared }: PathStep,
  seen: EdgeStatistics | undefined,
): string {
  const dearer = `${event} costs ${roundCost(cost)} instead of ${roundCost(declared)}`
  if (seen === undefined || seen.failures === 0) return `${dearer}, being slow for its cost`
  return `${dearer}, having failed ${seen.failures} of ${seen.runs} times`
}

export function describeReasons(reasons: PathReasons, style: Style): string {
  const { from, verdict, statistics, alternative } = reasons
  if (verdict.outcome !== 'reachable' || alternative === undefined) {
    const place = style.bold(from.join(' & '))
    return `${place}  ${style.dim('already there, nothing to do')}`
  }
  const path = verdict.path.map(rounded)
  const rows = path.map((step, index) => [
    ...[String(index + 1), step.from, step.event, step.to, step.task],
    ...[
      String(roundCost(step.declared)),
      String(step.cost),
      ...seenCells(statistics.get(step.key)),
    ],
  ])
  const totals = [sum(path, 'declared'), verdict.cost].map((cost) => String(roundCost(cost)))
  const table = formatTable(COLUMNS, [...rows, ['', '', '', '', 'total', ...totals]], style.dim)
  const start = path[0]?.from ?? ''
  return [
    ...[formatPath(start, path, style), '', table, ''],
    ...describeAlternative(start, alternative, style),
  ].join('\n')
}

const COLUMNS = [
  { title: '', align: 'right' },
  { title: 'from' },
  { title: 'event' },
  { title: 'to' },
  { title: 'task' },
  { title: 'declared', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'runs', align: 'right' },
  { title: 'success', align: 'right' },
  { title: 'duration', align: 'right' },
] as const

function seenCells(seen: EdgeStatistics | undefined): readonly string[] {
  if (seen === undefined) return ['0', '-', '-']
  const duration = seen.duration === undefined ? '-' : formatDuration(seen.duration)
  return [String(seen.runs), `${Math.round(successRate(seen) * 100)} %`, duration]
}

function describeAlternative(
  start: string,
  { verdict, reason }: NonNullable<PathReasons['alternative']>,
  style: Style,
): readonly string[] {
  if (verdict.outcome !== 'reachable') return [`${style.dim('no other way:')} ${reason}`]
  const path = formatPath(start, verdict.path.map(rounded), style)
  return [`${style.dim('otherwise:')} ${path}`, `cost ${roundCost(verdict.cost)}, ${reason}`]
}

function rounded(step: PathStep): PathStep {
  return { ...step, cost: roundCost(step.cost) }
}

function sum(path: readonly PathStep[], field: 'cost' | 'declared'): number {
  return path.reduce((total, step) => total + step[field], 0)
}
