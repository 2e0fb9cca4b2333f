import type { Command } from 'commander'
import { InputError } from '../../core/errors.ts'
import { createPlanner, type PathStep, type Verdict } from '../../planning/planner.ts'
import type { LostWorld, PathQuestion } from '../backend/backend.ts'
import { withBackend } from '../backend/connect.ts'
import { locate } from '../backend/local-plans.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  collect,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { describeReasons, type PathReasons, toReasons } from '../path-reasons.ts'
import { formatPath } from '../path-text.ts'
import { findPlan, loadPlansAround, worldOf } from '../plans.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import type { CommandContext } from './context.ts'

interface PathOptions extends PlansOption, TargetOption, JsonOption {
  readonly from?: readonly string[]
  readonly why?: true
}

export function addPlanPath(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('path')
    .description('the cheapest path to a state, without moving anything')
    .argument('<plan>', 'the name of the plan')
    .argument('<target>', 'the path of the state, such as up.serving')
    .option(
      '--from <state>',
      'where the world is, once for each region; the checks are asked unless given',
      collect,
    )
    .option('--why', 'what each edge was seen to cost, and the best way around the first one')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(plansOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (plan: string, target: string, options: PathOptions) =>
      end(await showPath(plan, target, options, io)),
    )
}

const EXAMPLES = `
Exit code 1 when there is no path, or when the checks do not say where the world is.

Examples:
  $ setpoint plan path web-service up.drained
  $ setpoint plan path web-service up.drained --from stopped
  $ setpoint plan path web-service up.drained --from stopped --why
`

async function showPath(
  name: string,
  target: string,
  options: PathOptions,
  io: Io,
): Promise<number> {
  if (options.why) return explain(name, target, options, io)
  const answer = await withBackend(options, io, ({ plans }) =>
    plans.path(name, target, options.from),
  )
  const { plan, version } = answer
  if (answer.from === undefined) return reportLost(answer, answer.verdict, options, io)
  const { from, verdict } = answer
  if (options.json) writeJson(io.stdout, toData({ plan, version, from, target }, verdict))
  else if (verdict.outcome === 'reachable') {
    writeLine(io.stdout, describe(from, verdict.path, verdict.cost, styleFor(io.stdout, io.env)))
  }
  if (verdict.outcome === 'reachable') return EXIT.done
  if (!options.json) reportRefused(verdict, io)
  return EXIT.failed
}

/** What was learned of each edge is read from the database: no server tells it. */
async function explain(
  name: string,
  target: string,
  options: PathOptions,
  io: Io,
): Promise<number> {
  if (options.url !== undefined) {
    throw new InputError('--why reads the database: name it with --db, where it is')
  }
  const plan = findPlan(await loadPlansAround(name, options.plans, io), name)
  const planner = createPlanner(worldOf(plan))
  const located = await locate(plan, planner, target, options.from)
  if ('evidence' in located) {
    const question = { plan: plan.name, version: plan.version, target }
    return reportLost(question, located, options, io)
  }
  const question = { plan, planner, from: located.from, target, db: options.db }
  const warn = (problem: string) => writeLine(io.stderr, problem)
  return explainPath(await toReasons(question, warn), options, io)
}

function explainPath(reasons: PathReasons, options: PathOptions, io: Io): number {
  const { verdict } = reasons
  const style = styleFor(io.stdout, io.env)
  if (options.json) writeJson(io.stdout, reasons.data)
  else if (verdict.outcome === 'reachable') writeLine(io.stdout, describeReasons(reasons, style))
  else reportRefused(verdict, io)
  return verdict.outcome === 'reachable' ? EXIT.done : EXIT.failed
}

function describe(
  from: readonly string[],
  path: readonly PathStep[],
  cost: number,
  style: Style,
): string {
  const origin = from.join(' & ')
  if (path.length === 0)
    return `${style.bold(origin)}  ${style.dim('already there, nothing to do')}`
  const columns = [
    { title: '', align: 'right', style: style.dim },
    { title: 'from' },
    { title: 'event', style: style.bold },
    { title: 'to' },
    { title: 'task' },
    { title: 'cost', align: 'right' },
  ] as const
  const rows = path.map((step, index) => [
    String(index + 1),
    step.from,
    step.event,
    step.to,
    step.task,
    String(step.cost),
  ])
  const total = ['', '', '', '', 'total', String(cost)]
  const table = formatTable(columns, [...rows, total], style.dim)
  return [formatPath(path[0]?.from ?? origin, path, style), '', table].join('\n')
}

function reportRefused(verdict: Exclude<Verdict, { outcome: 'reachable' }>, io: Io): void {
  const style = styleFor(io.stderr, io.env)
  const [problem, ...reasons] = verdict.message.split('; ')
  writeLine(io.stderr, `${style.red(`${verdict.outcome}:`)} ${problem}`)
  for (const reason of reasons) writeLine(io.stderr, `  ${reason}`)
}

function reportLost(
  { plan, target }: PathQuestion,
  { outcome, evidence }: LostWorld,
  options: PathOptions,
  io: Io,
): number {
  const style = styleFor(io.stderr, io.env)
  const message = `the checks do not say where the world is: ${outcome}`
  if (options.json) writeJson(io.stdout, { plan, target, outcome, message, evidence })
  else {
    writeLine(io.stderr, `${style.red(`${outcome}:`)} the checks do not say where the world is`)
    for (const { state, answer, reason } of evidence) {
      const why = reason === undefined ? '' : ` (${printable(reason)})`
      writeLine(io.stderr, `  ${state}: ${answer}${why}`)
    }
    writeLine(io.stderr, style.dim('name a state to start from with --from STATE'))
  }
  return EXIT.failed
}

function toData(question: PathQuestion & { readonly from: readonly string[] }, verdict: Verdict) {
  if (verdict.outcome !== 'reachable') return { ...question, ...verdict }
  const path = verdict.path.map(({ event, task, from, to, cost }) => ({
    event,
    task,
    from,
    to,
    cost,
  }))
  return { ...question, outcome: verdict.outcome, cost: verdict.cost, path }
}
