import { access, stat } from 'node:fs/promises'
import type { Command } from 'commander'
import { InputError } from '../../core/errors.ts'
import { backupDatabase } from '../../stores/sqlite/backup.ts'
import { inspectDatabase } from '../../stores/sqlite/inspection.ts'
import { isServer } from '../engines/address.ts'
import { EXIT, UnreachableError } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type DatabaseOption, databaseOption, type JsonOption, jsonOption } from '../options.ts'
import { createScreen } from '../screen.ts'
import { printable, styleFor } from '../style.ts'
import type { CommandContext } from './context.ts'

type BackupOptions = DatabaseOption & JsonOption

export function addBackup(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('backup')
    .description('copy the database while others work with it, and check the copy')
    .argument('<file>', 'where to; it must not exist')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: BackupOptions) =>
      end(await makeBackup(file, options, io)),
    )
}

const EXAMPLES = `
To restore it, stop every process that uses the database, delete FILE, FILE-wal and FILE-shm, and put
the copy in the place of FILE. Exit code 1 when the copy is damaged.

Examples:
  $ setpoint backup "backups/$(date +%F).db"
`

async function makeBackup(file: string, { db, json }: BackupOptions, io: Io): Promise<number> {
  if (isServer(db)) {
    throw new InputError('only a file is copied here: copy a server with pg_dump or mariadb-dump')
  }
  await access(db).catch((cause: unknown) => {
    throw new UnreachableError(`there is no database at ${db}: name another file with --db`, {
      cause,
    })
  })
  const screen = createScreen(io)
  try {
    const copied = (share: number) => screen.activity(`copied ${Math.round(share * 100)} %`)
    await backupDatabase(db, file, { copied })
    screen.activity('checking the copy')
    const { damage = null } = inspectDatabase(file)
    screen.close()
    const { size } = await stat(file)
    if (json) writeJson(io.stdout, { file, size, damage })
    else describe(file, damage, io)
    return damage === null ? EXIT.done : EXIT.failed
  } finally {
    screen.close()
  }
}

function describe(file: string, damage: string | null, io: Io): void {
  const { green, red } = styleFor(io.stdout, io.env)
  const line =
    damage === null
      ? `${green('✔')} ${printable(file)} is a sound copy`
      : `${red('✖')} ${printable(file)} is damaged, and so is the database: ${printable(damage)}`
  writeLine(io.stdout, line)
}
