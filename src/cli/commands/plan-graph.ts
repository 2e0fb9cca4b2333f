import { type Command, Option } from 'commander'
import { toMermaid } from '../../plan/interchange/mermaid.ts'
import { allStates, type StateView, viewWorld } from '../../plan/interchange/view.ts'
import type { Plan } from '../../plan/model.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type JsonOption, jsonOption, type PlansOption, plansOption } from '../options.ts'
import { findPlan, loadPlansAround, worldOf } from '../plans.ts'
import { styleFor } from '../style.ts'
import { drawWorld, LEGEND } from '../world-drawing.ts'
import type { CommandContext } from './context.ts'

interface GraphOptions extends PlansOption, JsonOption {
  readonly format: 'tree' | 'mermaid'
}

export function addPlanGraph(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('graph')
    .description("draw the machine of a plan's world: states, checks, edges, tasks and costs")
    .argument('<plan>', 'the name of the plan')
    .addOption(
      new Option('--format <format>', 'how to draw it')
        .choices(['tree', 'mermaid'])
        .default('tree'),
    )
    .addOption(plansOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: GraphOptions) => end(await showGraph(name, options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint plan graph web-service
  $ setpoint plan graph web-service --format mermaid > machine.mmd
`

async function showGraph(name: string, options: GraphOptions, io: Io): Promise<number> {
  const plan = findPlan(await loadPlansAround(name, options.plans, io), name)
  const root = viewWorld(worldOf(plan))
  const style = styleFor(io.stdout, io.env)
  if (options.json) writeJson(io.stdout, toData(plan, root))
  else if (options.format === 'mermaid') writeLine(io.stdout, toMermaid(root))
  else writeLine(io.stdout, `${drawWorld(root, plan.name, style)}\n\n${style.dim(LEGEND)}`)
  return EXIT.done
}

function toData({ name, version }: Plan, root: StateView) {
  const views = allStates(root)
  return {
    plan: name,
    version,
    states: views.flatMap(({ path, isInitial, state }) =>
      state === undefined
        ? []
        : {
            path,
            type: state.type,
            initial: isInitial,
            check: state.check?.name ?? null,
            priority: state.priority,
            serial: state.serial,
            timeout: state.timeout,
            tags: state.tags,
          },
    ),
    edges: views.flatMap(({ edges }) =>
      edges.map(({ from, event, guard = null, to = null, task = null, cost = null }) => ({
        from,
        event,
        guard,
        to,
        task,
        cost,
      })),
    ),
  }
}
