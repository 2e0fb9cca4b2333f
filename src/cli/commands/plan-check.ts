import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { hasPlan } from '../../plan/folder/find.ts'
import { type LoadOptions, type PlanRead, readPlans } from '../../plan/load.ts'
import type { Plan } from '../../plan/model.ts'
import { systemClock } from '../../runtime/clock.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type JsonOption, jsonOption, type PlansOption, plansOption } from '../options.ts'
import { diagnosticsOf, formatRead, isWarning, nameOf } from '../plan-report.ts'
import { checkOnChange, printBreak } from '../plan-watch.ts'
import { DEFAULT_PLANS, findPlan } from '../plans.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface CheckOptions extends PlansOption, JsonOption {
  readonly strict?: true
  readonly watch?: true
}

export function addPlanCheck(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('check')
    .description('load plans and print everything that is wrong with them')
    .argument('[plan]', 'the name of a plan, or its folder; every plan unless given')
    .addOption(plansOption())
    .addOption(new Option('--strict', 'count warnings as mistakes'))
    .addOption(new Option('--watch', 'check again whenever a file changes, until Ctrl-C'))
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: CheckOptions) =>
      end(await checkPlans(name, options, io)),
    )
}

const EXAMPLES = `
Exit code 2 when anything is wrong. A warning is no mistake, unless --strict is given. With --watch
the exit code is 0, and --json prints one line for each check.

Examples:
  $ setpoint plan check
  $ setpoint plan check ./plans/web-service --strict
  $ setpoint plan check web-service --json
  $ setpoint plan check --watch
`

async function checkPlans(
  name: string | undefined,
  options: CheckOptions,
  io: Io,
): Promise<number> {
  const folders = await foldersOf(name, options.plans ?? DEFAULT_PLANS)
  if (!options.watch) return report(await readNamed(name, folders), options, io)
  // Node imports a module once, so what has changed is loaded another way.
  const check = async () => {
    const reads = await readNamed(name, folders, { code: 'reloadable' })
    if (!options.json) printBreak(io, systemClock.now())
    report(reads, options, io)
  }
  await checkOnChange(folders.folders, check, io)
  return EXIT.done
}

/** Where to look; `isOne`: the folder is that of the plan that was named. */
interface Place {
  readonly folders: readonly string[]
  readonly isOne: boolean
}

/** A plan whose own folder is known is checked alone: others are not even loaded. */
async function foldersOf(name: string | undefined, folders: readonly string[]): Promise<Place> {
  if (name === undefined) return { folders, isOne: false }
  for (const folder of [name, ...folders.map((each) => join(each, name))]) {
    if (await hasPlan(folder)) return { folders: [folder], isOne: true }
  }
  return { folders, isOne: false }
}

/** @throws {InputError} when there is no plan of that name. */
async function readNamed(
  name: string | undefined,
  { folders, isOne }: Place,
  options?: LoadOptions,
): Promise<readonly PlanRead[]> {
  const reads = await readPlans(folders, options)
  if (name === undefined || isOne) return reads
  const named = reads.filter((read) => nameOf(read) === name)
  if (named.length > 0) return named
  findPlan(
    reads.flatMap(({ plan }) => plan ?? []),
    name,
  )
  return []
}

function report(reads: readonly PlanRead[], options: CheckOptions, io: Io): number {
  const all = diagnosticsOf(reads)
  const counted = options.strict ? all : all.filter((each) => !isWarning(each))
  if (options.json) {
    const data = toData(reads, counted.length === 0)
    if (options.watch) writeLine(io.stdout, JSON.stringify(data))
    else writeJson(io.stdout, data)
  } else {
    const style = styleFor(io.stdout, io.env)
    for (const read of reads) writeLine(io.stdout, formatRead(read, style))
  }
  return counted.length === 0 ? EXIT.done : EXIT.badInput
}

function toData(reads: readonly PlanRead[], ok: boolean) {
  return {
    ok,
    plans: reads.flatMap(({ plan }) => (plan === undefined ? [] : [describe(plan)])),
    diagnostics: diagnosticsOf(reads).map((each) => ({ severity: 'error', ...each })),
  }
}

function describe({ name, version, folder, tasks, world }: Plan) {
  return { name, version, folder, tasks: tasks.size, states: world?.states.size ?? 0 }
}
