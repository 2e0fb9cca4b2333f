import { type Command, Option } from 'commander'
import { SCOPES } from '../../gateway/security/scopes.ts'
import { StoredTokens } from '../../gateway/security/stored-tokens.ts'
import { systemClock } from '../../runtime/clock.ts'
import { withNewDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  toDuration,
} from '../options.ts'
import { styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

interface AddOptions extends DatabaseOption, JsonOption {
  readonly scope: (typeof SCOPES)[number]
  readonly expires?: number
}

export function addTokenAdd(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('add')
    .description('make a token for a server on this database, and print it once')
    .argument('<name>', 'who or what uses it')
    .addOption(
      new Option('--scope <scope>', 'what it may do; each includes those before it')
        .choices(SCOPES)
        .default('read'),
    )
    .addOption(
      new Option('--expires <duration>', 'when it ends, such as 30d').argParser(toDuration),
    )
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: AddOptions) => end(await add(name, options, io)))
}

const EXAMPLES = `
Only a hash of it is kept, so it cannot be shown again. A server that was started without any token
asks for tokens from its next start on.

Examples:
  $ setpoint token add robot-1 --scope submit
  $ setpoint token add grafana --scope read --expires 90d
`

async function add(name: string, options: AddOptions, io: Io): Promise<number> {
  const { scope, expires, db } = options
  const expiresAt = expires === undefined ? undefined : systemClock.now() + expires
  const made = await withNewDatabase(db, (store) =>
    new StoredTokens(store).add({ name, scope, expiresAt }),
  )
  if (options.json) writeJson(io.stdout, made)
  else {
    writeLine(io.stdout, made.token)
    const said = `token ${made.id} of scope "${scope}": keep it, it is not shown again`
    writeLine(io.stderr, styleFor(io.stderr, io.env).dim(said))
  }
  return EXIT.done
}
