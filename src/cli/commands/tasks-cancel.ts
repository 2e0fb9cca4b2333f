import type { Command } from 'commander'
import type { Tasklet } from '../../core/tasklet.ts'
import type { CancelOutcome } from '../../ports/store-messages.ts'
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
import type { CommandContext } from './context.ts'

interface CancelOptions extends TargetOption, JsonOption {
  readonly reason: string
}

export function addTasksCancel(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('cancel')
    .description('cancel a waiting tasklet, or ask a running one to stop')
    .argument('<id>', 'the id, or enough of its start to name one')
    .option('--reason <text>', 'kept in the record', 'cancelled on the command line')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: CancelOptions) => end(await cancelTasklet(id, options, io)))
}

const EXAMPLES = `
Exit code 1 when the tasklet had completed or failed already.

Examples:
  $ setpoint tasks cancel 019a7c3e-5d21
  $ setpoint tasks cancel 019a7c3e-5d21 --reason 'wrong folder'
`

async function cancelTasklet(id: string, options: CancelOptions, io: Io): Promise<number> {
  const { outcome, tasklet } = await withBackend(options, io, async ({ tasks }) => {
    const { id: fullId } = await tasks.find(id)
    const outcome = await tasks.cancel(fullId, options.reason)
    return { outcome, tasklet: await tasks.find(fullId) }
  })
  const { status } = tasklet
  if (options.json) writeJson(io.stdout, { id: tasklet.id, outcome, status })
  else writeLine(io.stdout, describe(outcome, tasklet))
  return outcome === 'settled' && status !== 'cancelled' ? EXIT.failed : EXIT.done
}

function describe(outcome: CancelOutcome, { id, status, lease }: Tasklet): string {
  switch (outcome) {
    case 'cancelled':
      return `${id} is cancelled`
    case 'requested':
      return `${id} is running in ${lease?.owner ?? 'another process'}, which is asked to stop it`
    case 'settled':
      return `${id} is already ${status}; nothing was changed`
    case 'missing':
      return `${id} is gone`
  }
}
