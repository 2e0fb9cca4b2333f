import type { Command } from 'commander'
import type { ReplayReport } from '../../runtime/operations/dead-letters.ts'
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
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { printable, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

type ReplayOptions = ChoiceOptions & DryRunOption & PlansOption & TargetOption & JsonOption

export function addDlqReplay(parent: Command, { io, end }: CommandContext): void {
  const command = parent
    .command('replay')
    .description('run dead letters again, each as a new tasklet with all its attempts')
  addChoice(command)
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (ids: readonly string[], options: ReplayOptions) =>
      end(await replay(ids, options, io)),
    )
}

const EXAMPLES = `
What filters find has to be confirmed: on a terminal it asks, elsewhere it wants --yes. With the plans
the new tasklets get the present version of theirs. Exit code 1 when any was refused.

Examples:
  $ setpoint dlq replay 019a7c3e-5d21
  $ setpoint dlq replay --task web-service/backup --text 'disk full' --dry-run
  $ setpoint dlq replay --all --yes --json
`

async function replay(ids: readonly string[], options: ReplayOptions, io: Io): Promise<number> {
  return withBackend(options, io, async (backend) => {
    const choice = await readChoice(ids, options, backend)
    const found = await chosen(backend, choice)
    if (options.dryRun) return writeDryRun(found, options, io)
    if (!(await isConfirmed('replay', choice, found.length, options, io))) return EXIT.failed
    // What was shown and confirmed, and not what has failed in the meantime.
    return writeReport(await backend.deadLetters.replay(found.map(({ id }) => id)), options, io)
  })
}

function writeReport(report: ReplayReport, { json }: JsonOption, io: Io): number {
  const { replayed, refused } = report
  if (json) writeJson(io.stdout, report)
  else {
    for (const { id, replayOf } of replayed) writeLine(io.stdout, `${replayOf} runs again as ${id}`)
    const style = styleFor(io.stderr, io.env)
    for (const { message } of refused) writeLine(io.stderr, style.red(printable(message)))
    if (replayed.length + refused.length !== 1) {
      writeLine(io.stderr, style.dim(`${replayed.length} replayed, ${refused.length} refused`))
    }
  }
  return refused.length > 0 ? EXIT.failed : EXIT.done
}
