import type { Command } from 'commander'
import { findTasklet, withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { deadLettersOf } from '../operations.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
} from '../options.ts'
import { loadPlansIfAny } from '../plans.ts'
import type { CommandContext } from './context.ts'

type RetryOptions = PlansOption & DatabaseOption & JsonOption

export function addTasksRetry(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('retry')
    .description('run a failed tasklet again, as a new tasklet with all its attempts')
    .argument('<id>', 'the id, or enough of its start to name one')
    .addOption(plansOption())
    .addOption(databaseOption())
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

async function retry(id: string, { plans, db, json }: RetryOptions, io: Io): Promise<number> {
  const loaded = await loadPlansIfAny(plans)
  const report = await withDatabase(db, async (store) => {
    const tasklet = await findTasklet(store, id)
    return deadLettersOf(store, loaded).replay(tasklet.id)
  })
  const [replay] = report.replayed
  if (replay === undefined) throw new Error(`tasklet ${id} was neither replayed nor refused`)
  if (json) writeJson(io.stdout, replay)
  else writeLine(io.stdout, replay.id)
  return EXIT.done
}
