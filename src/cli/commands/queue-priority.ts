import type { Command } from 'commander'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  toPriorityNumber,
  urlOption,
} from '../options.ts'
import type { CommandContext } from './context.ts'

type PriorityOptions = TargetOption & JsonOption

export function addQueuePriority(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('priority')
    .description('change the priority of a waiting tasklet')
    .argument('<id>', 'the id, or enough of its start to name one')
    .argument('<priority>', 'high, normal, low, or 0..1000; the lower runs first', toPriorityNumber)
    .addOption(databaseOption())
    .addOption(urlOption())
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
  options: PriorityOptions,
  io: Io,
): Promise<number> {
  const tasklet = await withBackend(options, io, async ({ tasks, queues }) => {
    const found = await tasks.find(id)
    await queues.setPriority(found, priority)
    return found
  })
  if (options.json) writeJson(io.stdout, { id: tasklet.id, queue: tasklet.queue, priority })
  else writeLine(io.stdout, `${tasklet.id} has priority ${priority}`)
  return EXIT.done
}
