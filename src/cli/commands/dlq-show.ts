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

export function addDlqShow(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('show')
    .description('one dead letter with its input and the error of every attempt')
    .argument('<id>', 'the id, or enough of its start to name one')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: ShowOptions) => end(await showLetter(id, options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint dlq show 019a7c3e-5d21
  $ setpoint dlq show 019a7c3e-5d21 --json | jq .failures[].error.message
`

async function showLetter(id: string, options: ShowOptions, io: Io): Promise<number> {
  const letter = await withBackend(options, io, ({ deadLetters }) => deadLetters.show(id))
  if (options.json) writeJson(io.stdout, letter)
  else writeLine(io.stdout, formatTasklet(letter, styleFor(io.stdout, io.env)))
  return EXIT.done
}
