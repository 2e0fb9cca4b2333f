import type { Command } from 'commander'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { styleFor } from '../style.ts'
import { formatTasklet } from '../tasklet-fields.ts'
import type { CommandContext } from './context.ts'

type ShowOptions = TargetOption & JsonOption

export function addTasksShow(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('show')
    .description('everything that is known of one tasklet')
    .argument('<id>', 'the id, or enough of its start to name one')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: ShowOptions) => end(await showTasklet(id, options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint tasks show 019a7c3e-5d21
  $ setpoint tasks show 019a7c3e-5d21 --json | jq .trail
`

async function showTasklet(id: string, options: ShowOptions, io: Io): Promise<number> {
  const { tasklet, ...known } = await withBackend(options, io, async ({ tasks }) => {
    const tasklet = await tasks.find(id)
    const [waits, steps] = [await tasks.waits(tasklet.id), await tasks.steps(tasklet.id)]
    return { tasklet, waits, steps }
  })
  if (options.json) writeJson(io.stdout, tasklet)
  else writeLine(io.stdout, formatTasklet(tasklet, styleFor(io.stdout, io.env), known))
  return EXIT.done
}
