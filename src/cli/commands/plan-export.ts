import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { EXPORT_FORMATS, type ExportFormat } from '../../plan/interchange/export.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeLine } from '../io.ts'
import {
  databaseOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface ExportOptions extends PlansOption, TargetOption {
  readonly format: ExportFormat
  readonly task?: string
  readonly out?: string
}

export function addPlanExport(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('export')
    .description("print the machine of a plan's world, or of a task's steps, for other tools")
    .argument('<plan>', 'the name of the plan')
    .addOption(
      new Option(
        '--format <format>',
        'xstate: JSON for Stately; ts: a module with createMachine; mermaid: a diagram',
      )
        .choices(EXPORT_FORMATS)
        .default('xstate'),
    )
    .option('--task <name>', 'the machine that the steps of this task are compiled to')
    .option('--out <file>', 'write it there instead of printing it')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: ExportOptions) => end(await exportTo(name, options, io)))
}

const EXAMPLES = `
What is exported comes back with \`setpoint plan import\`.

Examples:
  $ setpoint plan export web-service > machine.json
  $ setpoint plan export web-service --format ts --out machine.ts
  $ setpoint plan export change-pipeline --task ticket --format mermaid
`

async function exportTo(name: string, options: ExportOptions, io: Io): Promise<number> {
  const { format, task, out } = options
  const exported = await withBackend(options, io, ({ plans }) => plans.export(name, format, task))
  const text = exported.trimEnd()
  if (out === undefined) writeLine(io.stdout, text)
  else {
    await writeFile(out, `${text}\n`)
    writeLine(io.stderr, `${styleFor(io.stderr, io.env).green('✔')} written to ${out}`)
  }
  return EXIT.done
}
