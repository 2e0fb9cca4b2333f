import type { Command } from 'commander'
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
import type { CommandContext } from './context.ts'

type RetryOptions = PlansOption & TargetOption & JsonOption

export function addTasksRetry(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('retry')
    .description('run a failed tasklet again, as a new tasklet with all its attempts')
    .argument('<id>', 'the id, or enough of its start to name one')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: RetryOptions) => end(await retry(id, options, io)))
}

const EXAMPLES = `
The id of the new tasklet goes to stdout. "setpoint dlq replay" does it for many.

Examples:
  $ setpoint tasks retry 019a7c3e-5d21
  $ setpoint tasks retry 019a7c3e-5d21 --json | jq -r .id
`

async function retry(id: string, options: RetryOptions, io: Io): Promise<number> {
  const replay = await withBackend(options, io, ({ tasks }) => tasks.retry(id))
  if (options.json) writeJson(io.stdout, replay)
  else writeLine(io.stdout, replay.id)
  return EXIT.done
}
