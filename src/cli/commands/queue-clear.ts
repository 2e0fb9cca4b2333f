import type { Command } from 'commander'
import { withBackend } from '../backend/connect.ts'
import { confirmed } from '../confirmation.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  type DryRunOption,
  databaseOption,
  dryRunOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
  type YesOption,
  yesOption,
} from '../options.ts'
import { printable } from '../style.ts'
import type { CommandContext } from './context.ts'

type ClearOptions = YesOption & DryRunOption & TargetOption & JsonOption

export function addQueueClear(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('clear')
    .description('cancel everything that waits in a queue; what runs goes on')
    .argument('<queue>', 'the queue')
    .addOption(yesOption())
    .addOption(dryRunOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (queue: string, options: ClearOptions) => end(await clear(queue, options, io)))
}

const EXAMPLES = `
It asks first on a terminal, and wants --yes elsewhere. Exit code 1 when the answer is no.

Examples:
  $ setpoint queue clear main --dry-run
  $ setpoint queue clear main --yes
`

async function clear(name: string, options: ClearOptions, io: Io): Promise<number> {
  return withBackend(options, io, async ({ queues }) => {
    const waiting = await queues.waiting(name)
    if (options.dryRun) return report(name, { waiting, cleared: 0 }, options, io)
    const question = `cancel ${waiting} that wait in queue "${name}"?`
    if (waiting > 0 && !(await confirmed(question, options, io))) return EXIT.failed
    const cleared = waiting > 0 ? await queues.clear(name) : 0
    return report(name, { waiting, cleared }, options, io)
  })
}

function report(
  queue: string,
  counts: { readonly waiting: number; readonly cleared: number },
  options: ClearOptions,
  io: Io,
): number {
  const dryRun = options.dryRun === true
  if (options.json) writeJson(io.stdout, { queue, ...counts, dryRun })
  else {
    const name = `queue "${printable(queue)}"`
    const text = dryRun
      ? `${counts.waiting} wait in ${name}`
      : `${counts.cleared} cancelled in ${name}`
    writeLine(io.stdout, text)
  }
  return EXIT.done
}
