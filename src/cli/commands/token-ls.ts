import type { Command } from 'commander'
import { type StoredToken, StoredTokens } from '../../gateway/security/stored-tokens.ts'
import { systemClock } from '../../runtime/clock.ts'
import { withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type DatabaseOption, databaseOption, type JsonOption, jsonOption } from '../options.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type LsOptions = DatabaseOption & JsonOption

export function addTokenLs(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('ls')
    .description('list the tokens of the database, without what proves them')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: LsOptions) => end(await list(options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint token ls
  $ setpoint token ls --json | jq -r '.items[] | select(.scope == "admin").name'
`

async function list(options: LsOptions, io: Io): Promise<number> {
  const items = await withDatabase(options.db, (store) => new StoredTokens(store).list())
  if (options.json) writeJson(io.stdout, { items })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, systemClock.now(), styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('there is no token'))
  return EXIT.done
}

function describe(items: readonly StoredToken[], now: number, style: Style): string {
  const columns = [
    { title: 'token', style: style.bold },
    { title: 'name' },
    { title: 'scope' },
    { title: 'made' },
    { title: 'ends' },
  ]
  const rows = items.map(({ id, name, scope, createdAt, expiresAt }) => [
    id,
    printable(name),
    scope,
    `${formatAge(now - createdAt)} ago`,
    toEnd(expiresAt, now),
  ])
  return formatTable(columns, rows, style.dim)
}

function toEnd(expiresAt: number | undefined, now: number): string {
  if (expiresAt === undefined) return 'never'
  return expiresAt <= now ? 'has ended' : `in ${formatAge(expiresAt - now)}`
}
