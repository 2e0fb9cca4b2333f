import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { InputError } from '../../core/errors.ts'
import { formatDiagnostic, PlanError } from '../../plan/diagnostic.ts'
import { type ImportedMachine, importMachine } from '../../plan/interchange/import.ts'
import { parseSource } from '../../plan/source/source.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type JsonOption, jsonOption } from '../options.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface ImportOptions extends JsonOption {
  readonly plan?: string
  readonly name?: string
  readonly force?: true
}

export function addPlanImport(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('import')
    .description('read a machine from a file, and print it or make it the machine of a plan')
    .argument('<file>', 'JSON or YAML, or a module in TypeScript or JavaScript, which is never run')
    .option('--plan <dir>', "write it as machine.json into this plan's folder")
    .option('--name <name>', 'which machine, where a module makes several')
    .option('--force', 'replace a machine.json that is there')
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ImportOptions) => end(await importTo(file, options, io)))
}

const EXAMPLES = `
It takes what Stately exports, what \`setpoint plan export\` wrote, and the older map of states
(check_task, can_async, priority) and transitions (from, to, cost, transition_task; from "*" is from
everywhere). Exit code 2 when anything in it is wrong; then nothing is written.

Examples:
  $ setpoint plan import machine.json
  $ setpoint plan import machine.ts --plan ./plans/web-service
  $ setpoint plan import world.yaml > machine.json
`

async function importTo(file: string, options: ImportOptions, io: Io): Promise<number> {
  const text = await read(file)
  const imported = importMachine(file, text, options.name)
  const { config, diagnostics, notes } = imported
  if (config === undefined) throw new PlanError(diagnostics, new Map([[file, text]]))
  const target = options.plan === undefined ? undefined : join(options.plan, 'machine.json')
  if (target !== undefined) await write(target, config, options)
  if (options.json) {
    writeJson(io.stdout, { machine: config, written: target ?? null, diagnostics, notes })
  } else {
    if (target === undefined) writeLine(io.stdout, JSON.stringify(config, undefined, 2))
    tell(imported, text, target, io)
  }
  return EXIT.done
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new InputError(`${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

/** @throws {InputError} when the plan has a machine already, before anything is written. */
async function write(target: string, config: unknown, { plan = '', force }: ImportOptions) {
  const declared = join(plan, 'plan.yaml')
  const { value } = parseSource(declared, await read(declared))
  if (typeof value === 'object' && value !== null && 'machine' in value) {
    throw new InputError(`${declared} declares a machine itself: take it out there first`)
  }
  const isThere = await stat(target).then(
    () => true,
    () => false,
  )
  if (isThere && !force) {
    throw new InputError(`${target} is there already: --force replaces it`)
  }
  await writeFile(target, `${JSON.stringify(config, undefined, 2)}\n`)
}

function tell(
  { diagnostics, notes }: ImportedMachine,
  text: string,
  target: string | undefined,
  io: Io,
): void {
  const style = styleFor(io.stderr, io.env)
  for (const each of diagnostics) {
    writeLine(io.stderr, `${style.yellow('warning:')} ${formatDiagnostic(each, text)}`)
  }
  for (const note of notes) writeLine(io.stderr, `${style.yellow('note:')} ${note}`)
  if (target !== undefined) writeLine(io.stderr, `${style.green('✔')} written to ${target}`)
}
