import type { Command } from 'commander'
import { StoredTokens } from '../../gateway/security/stored-tokens.ts'
import { withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type DatabaseOption, databaseOption, type JsonOption, jsonOption } from '../options.ts'
import { printable, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

type RevokeOptions = DatabaseOption & JsonOption

export function addTokenRevoke(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('revoke')
    .description('make a token open nothing any more, at once and in every process')
    .argument('<id>', 'its id, or its name if no other token has it')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: RevokeOptions) => end(await revoke(id, options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint token revoke robot-1
  $ setpoint token revoke 3f9a0c11d2e4
`

async function revoke(id: string, options: RevokeOptions, io: Io): Promise<number> {
  const revoked = await withDatabase(options.db, (store) => new StoredTokens(store).revoke(id))
  if (options.json) writeJson(io.stdout, { revoked: revoked ?? null })
  else if (revoked !== undefined) {
    writeLine(io.stdout, `${printable(revoked.name)} (${revoked.id}) is revoked`)
  } else {
    const said = `there is no token ${printable(id)}: setpoint token ls lists them`
    writeLine(io.stderr, styleFor(io.stderr, io.env).red(said))
  }
  return revoked === undefined ? EXIT.failed : EXIT.done
}
