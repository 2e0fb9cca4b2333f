import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { PlanError } from '../../plan/diagnostic.ts'
import type { Plan } from '../../plan/model.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type JsonOption, jsonOption, type PlansOption, plansOption } from '../options.ts'
import { DEFAULT_PLANS, findPlan, loadPlanFolders } from '../plans.ts'
import { type Style, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

type CheckOptions = PlansOption & JsonOption

export function addPlanCheck(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('check')
    .description('load plans and print everything that is wrong with them')
    .argument('[plan]', 'the name of a plan, or its folder; every plan unless given')
    .addOption(plansOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: CheckOptions) =>
      end(await checkPlans(name, options, io)),
    )
}

const EXAMPLES = `
Exit code 2 when anything is wrong.

Examples:
  $ setpoint plan check
  $ setpoint plan check ./plans/web-service
  $ setpoint plan check web-service --json
`

async function checkPlans(
  name: string | undefined,
  options: CheckOptions,
  io: Io,
): Promise<number> {
  const style = styleFor(io.stdout, io.env)
  try {
    const plans = await loadNamed(name, options.plans ?? DEFAULT_PLANS)
    if (options.json) {
      writeJson(io.stdout, { ok: true, plans: plans.map(toData), diagnostics: [] })
    } else
      for (const plan of plans) writeLine(io.stdout, `${style.green('✔')} ${describe(plan, style)}`)
    return EXIT.done
  } catch (error) {
    if (!(error instanceof PlanError)) throw error
    const { diagnostics } = error
    if (options.json) writeJson(io.stdout, { ok: false, plans: [], diagnostics })
    else writeLine(io.stdout, `${style.red('✖')} ${error.message}`)
    return EXIT.badInput
  }
}

/** A plan whose own folder is known is checked alone, whatever is wrong with the others. */
async function loadNamed(
  name: string | undefined,
  folders: readonly string[],
): Promise<readonly Plan[]> {
  if (name === undefined) return loadPlanFolders(folders)
  for (const folder of [name, ...folders.map((each) => join(each, name))]) {
    if (await isPlanFolder(folder)) return loadPlanFolders([folder])
  }
  return [findPlan(await loadPlanFolders(folders), name)]
}

async function isPlanFolder(folder: string): Promise<boolean> {
  const found = await stat(join(folder, 'plan.yaml')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  return found !== undefined
}

function describe(plan: Plan, style: Style): string {
  const states = plan.world === undefined ? 'no machine' : count(plan.world.states.size, 'state')
  const facts = `${count(plan.tasks.size, 'task')}, ${states}, version ${plan.version.slice(0, 8)}`
  return `${style.bold(plan.name)}  ${style.dim(facts)}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function toData({ name, version, folder, tasks, world }: Plan) {
  return { name, version, folder, tasks: tasks.size, states: world?.states.size ?? 0 }
}
