import type { Command } from 'commander'
import { withBackend } from '../backend/connect.ts'
import {
  addChoice,
  type ChoiceOptions,
  chosen,
  isConfirmed,
  readChoice,
  writeDryRun,
} from '../dead-letter-choice.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  type DryRunOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import type { CommandContext } from './context.ts'

type DiscardOptions = ChoiceOptions & DryRunOption & TargetOption & JsonOption

export function addDlqDiscard(parent: Command, { io, end }: CommandContext): void {
  const command = parent
    .command('discard')
    .description('delete dead letters for good, with their input and errors')
  addChoice(command)
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (ids: readonly string[], options: DiscardOptions) =>
      end(await discard(ids, options, io)),
    )
}

const EXAMPLES = `
What filters find has to be confirmed: on a terminal it asks, elsewhere it wants --yes.

Examples:
  $ setpoint dlq discard 019a7c3e-5d21
  $ setpoint dlq discard --plan kiln --dry-run
  $ setpoint dlq discard --plan kiln --yes
`

async function discard(ids: readonly string[], options: DiscardOptions, io: Io): Promise<number> {
  return withBackend(options, io, async (backend) => {
    const choice = await readChoice(ids, options, backend)
    const found = await chosen(backend, choice)
    if (options.dryRun) return writeDryRun(found, options, io)
    if (!(await isConfirmed('discard', choice, found.length, options, io))) return EXIT.failed
    // What was shown and confirmed, and not what has failed in the meantime.
    const discarded = await backend.deadLetters.discard(found.map(({ id }) => id))
    if (options.json) writeJson(io.stdout, { discarded })
    else writeLine(io.stdout, `${discarded} discarded`)
    return EXIT.done
  })
}
