import type { Command } from 'commander'
import type { Plan } from '../../plan/model.ts'
import type { Detection } from '../../planning/detect.ts'
import { createPlanner, type PathStep, type Planner, type Verdict } from '../../planning/planner.ts'
import { systemClock } from '../../runtime/clock.ts'
import { stderrLog } from '../../runtime/log.ts'
import { WorldAccess } from '../../runtime/worlds/world-access.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  collect,
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
} from '../options.ts'
import { describeReasons, type PathReasons, toReasons } from '../path-reasons.ts'
import { formatPath } from '../path-text.ts'
import { findPlan, loadPlansAround, requireState, worldOf } from '../plans.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import type { CommandContext } from './context.ts'

interface PathOptions extends PlansOption, DatabaseOption, JsonOption {
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
  const plans = await loadPlansAround(name, options.plans, io)
  const plan = findPlan(plans, name)
  const planner = createPlanner(worldOf(plan))
  for (const state of [target, ...(options.from ?? [])]) requireState(plan, state)
  const detection = options.from === undefined ? await detect(plan, planner, target) : undefined
  if (detection !== undefined && detection.outcome !== 'detected') {
    return reportLost(plan, target, detection, options, io)
  }
  const from = options.from ?? detection?.states ?? []
  if (options.why) {
    const question = { plan, planner, from, target, db: options.db }
    return explainPath(
      await toReasons(question, (problem) => writeLine(io.stderr, problem)),
      options,
      io,
    )
  }
  const verdict = planner.findPath({ from, targets: [target] })
  if (options.json) writeJson(io.stdout, toData(plan, from, target, verdict))
  else if (verdict.outcome === 'reachable') {
    writeLine(io.stdout, describe(from, verdict.path, verdict.cost, styleFor(io.stdout, io.env)))
  }
  if (verdict.outcome === 'reachable') return EXIT.done
  if (!options.json) reportRefused(verdict, io)
  return EXIT.failed
}

function explainPath(reasons: PathReasons, options: PathOptions, io: Io): number {
  const { verdict } = reasons
  const style = styleFor(io.stdout, io.env)
  if (options.json) writeJson(io.stdout, reasons.data)
  else if (verdict.outcome === 'reachable') writeLine(io.stdout, describeReasons(reasons, style))
  else reportRefused(verdict, io)
  return verdict.outcome === 'reachable' ? EXIT.done : EXIT.failed
}

/** Asking the checks needs no runtime. */
function detect(plan: Plan, planner: Planner, target: string): Promise<Detection> {
  const distances = planner.distances([target])
  const order = (path: string) => distances.get(path) ?? Number.POSITIVE_INFINITY
  return new WorldAccess(plan, worldOf(plan), systemClock, stderrLog).detect(order)
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
  plan: Plan,
  target: string,
  detection: Exclude<Detection, { outcome: 'detected' }>,
  options: PathOptions,
  io: Io,
): number {
  const style = styleFor(io.stderr, io.env)
  const { outcome } = detection
  const message = `the checks do not say where the world is: ${outcome}`
  const evidence = detection.evidence.map(({ state, answer, duration, error }) => {
    const reason = error === undefined ? undefined : printable(messageOf(error))
    return { state, answer, duration, ...(reason !== undefined && { reason }) }
  })
  if (options.json) writeJson(io.stdout, { plan: plan.name, target, outcome, message, evidence })
  else {
    writeLine(io.stderr, `${style.red(`${outcome}:`)} the checks do not say where the world is`)
    for (const { state, answer, reason } of evidence) {
      writeLine(io.stderr, `  ${state}: ${answer}${reason === undefined ? '' : ` (${reason})`}`)
    }
    writeLine(io.stderr, style.dim('name a state to start from with --from STATE'))
  }
  return EXIT.failed
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function toData(plan: Plan, from: readonly string[], target: string, verdict: Verdict) {
  const question = { plan: plan.name, version: plan.version, from, target }
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
