import type { Command } from 'commander'
import { findTasklet, withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { queueOf } from '../operations.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  toPriorityNumber,
} from '../options.ts'
import type { CommandContext } from './context.ts'

type PriorityOptions = DatabaseOption & JsonOption

export function addQueuePriority(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('priority')
    .description('change the priority of a waiting tasklet')
    .argument('<id>', 'the id, or enough of its start to name one')
    .argument('<priority>', 'high, normal, low, or 0..1000; the lower runs first', toPriorityNumber)
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, priority: number, options: PriorityOptions) =>
      end(await setPriority(id, priority, options, io)),
    )
}

const EXAMPLES = `
Among tasklets of the same priority it keeps the place of its submission.

Examples:
  $ setpoint queue priority 019a7c3e-5d21 high
  $ setpoint queue priority 019a7c3e-5d21 250
`

async function setPriority(
  id: string,
  priority: number,
  { db, json }: PriorityOptions,
  io: Io,
): Promise<number> {
  const tasklet = await withDatabase(db, async (store) => {
    const found = await findTasklet(store, id)
    await queueOf(store, found.queue).setPriority(found.id, priority)
    return found
  })
  if (json) writeJson(io.stdout, { id: tasklet.id, queue: tasklet.queue, priority })
  else writeLine(io.stdout, `${tasklet.id} has priority ${priority}`)
  return EXIT.done
}
