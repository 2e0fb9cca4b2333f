import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { EXIT } from '../failure.ts'
import { EXAMPLES, type Example, findExample } from '../init/examples.ts'
import { makeProject, type Project } from '../init/project.ts'
import { chooseAll } from '../init/questions.ts'
import { INTERRUPTED, type Io, writeJson, writeLine } from '../io.ts'
import { type JsonOption, jsonOption, type YesOption } from '../options.ts'
import { packageFolder, packageVersion } from '../package.ts'
import { printable, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface InitOptions extends JsonOption, YesOption {
  readonly example?: string
}

export function addInit(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('init')
    .description('make a folder with a plan that runs at once, or put one into a project')
    .argument('[dir]', 'the folder, made if need be; this one unless given')
    .option('--example <name>', `the plan to begin with: ${EXAMPLES.map(nameOf).join(', ')}`)
    .option('--yes', 'take the usual for what is not given, and ask nothing')
    .addOption(jsonOption())
    .addHelpText('after', EXPLANATION)
    .action(async (dir: string | undefined, options: InitOptions) =>
      end(await init(dir, options, io)),
    )
}

const EXPLANATION = `
The plan is copied to plans/<name>, with a schema for editors beside it. A package.json and a
.gitignore are made where there are none. Nothing that is there is changed: where there is a plan of
that name, nothing is written and the exit code is 2.

Examples:
  $ setpoint init demo
  $ setpoint init --example web-service --yes
  $ setpoint init ../shop --example change-pipeline --json
`

function nameOf({ name }: Example): string {
  return name
}

async function init(dir: string | undefined, options: InitOptions, io: Io): Promise<number> {
  const example = options.example === undefined ? undefined : findExample(options.example)
  const given = { ...(dir && { folder: dir }), ...(example && { example }) }
  const chosen = await chooseAll(given, options.yes === true || options.json === true, io)
  if (chosen === undefined) {
    writeLine(io.stderr, 'nothing was written')
    return INTERRUPTED.SIGINT
  }
  const template = { folder: packageFolder(), version: packageVersion() }
  const project = await makeProject(chosen.folder, chosen.example, template)
  const next = nextCommands(project, chosen.example)
  const { folder, written } = project
  if (options.json) writeJson(io.stdout, { folder, plan: chosen.example.name, written, next })
  else report(project, next, io)
  return EXIT.done
}

/** From the folder that the command was started in. */
function nextCommands({ folder }: Project, { run }: Example): readonly string[] {
  const way = relative('.', folder)
  return [...(way === '' ? [] : [`cd ${toShell(way)}`]), `npx setpoint run ${run}`]
}

function toShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

function report({ folder, written }: Project, next: readonly string[], io: Io): void {
  const { green, dim, bold } = styleFor(io.stderr, io.env)
  for (const path of written) {
    const shown = printable(join(relative('.', folder), path))
    writeLine(io.stderr, `${green('✔')} ${shown}`)
  }
  writeLine(io.stderr, dim('next:'))
  for (const command of next) writeLine(io.stdout, bold(`  ${printable(command)}`))
}
