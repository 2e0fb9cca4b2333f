import type { Command } from 'commander'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Explanation, Reason } from '../../runtime/operations/reason.ts'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatStatus } from '../tasklet-text.ts'
import { waitTree } from '../wait-tree.ts'
import type { CommandContext } from './context.ts'

type ExplainOptions = PlansOption & TargetOption & JsonOption

export function addTasksExplain(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('explain')
    .description('why a tasklet is not running')
    .argument('<id>', 'the id, or enough of its start to name one')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: ExplainOptions) => end(await explain(id, options, io)))
}

const EXAMPLES = `
It tells what stands in the database, and what the plans limit. Slots and resources are known only to
the process that holds them. docs/explain.md lists the codes.

Examples:
  $ setpoint tasks explain 019a7c3e-5d21
  $ setpoint tasks explain 019a7c3e-5d21 --json | jq -r .reasons[].code
`

async function explain(id: string, options: ExplainOptions, io: Io): Promise<number> {
  const { tasklet, explanation } = await withBackend(options, io, async ({ tasks }) => {
    const tasklet = await tasks.find(id)
    return { tasklet, explanation: await tasks.explain(tasklet.id) }
  })
  const { status } = tasklet
  if (options.json) writeJson(io.stdout, { id: tasklet.id, status, ...explanation })
  else writeLine(io.stdout, describe(tasklet, explanation, styleFor(io.stdout, io.env)))
  return EXIT.done
}

function describe(
  { id, status }: Tasklet,
  { runnable, reasons, waits }: Explanation,
  style: Style,
): string {
  const head = `${id} is ${formatStatus(status, style)}`
  if (runnable) return `${head}, and nothing keeps it: a runtime that has room starts it`
  const lines = reasons.map((reason) => `  ${reasonText(reason, style)}`)
  return [head, ...lines, ...waitTree(id, waits, style)].join('\n')
}

function reasonText({ code, message, until, holder }: Reason, style: Style): string {
  const parts = [
    until === undefined ? undefined : `until ${new Date(until).toISOString()}`,
    holder === undefined || message.includes(holder) ? undefined : `held by ${printable(holder)}`,
  ].filter((part) => part !== undefined)
  const aside = parts.length === 0 ? '' : style.dim(`, ${parts.join(', ')}`)
  return `${style.bold(code)}: ${printable(message)}${aside}`
}
