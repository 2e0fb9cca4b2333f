import type { Command } from 'commander'
import { systemClock } from '../../runtime/clock.ts'
import { withDatabase } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type DatabaseOption, databaseOption, type JsonOption, jsonOption } from '../options.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import { readWaiting, type Waiting, waitingFields } from '../waiting.ts'
import type { CommandContext } from './context.ts'

type WaitsOptions = DatabaseOption & JsonOption

export function addEventsWaits(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('waits')
    .description('list the tasklets that wait for an event')
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: WaitsOptions) => end(await listWaits(options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint events waits
  $ setpoint events waits --json | jq -r .items[].taskletId
`

async function listWaits({ db, json }: WaitsOptions, io: Io): Promise<number> {
  const items = await withDatabase(db, readWaiting)
  if (json) writeJson(io.stdout, { items: items.map(waitingFields) })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, systemClock.now(), styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('nobody waits for an event'))
  return EXIT.done
}

function describe(items: readonly Waiting[], now: number, style: Style): string {
  const columns = [
    { title: 'tasklet' },
    { title: 'task', style: style.bold },
    { title: 'event' },
    { title: 'where' },
    { title: 'for', align: 'right' },
    { title: 'until' },
  ] as const
  const rows = items.map((item) => {
    const { taskletId, task, pattern, where, openedAt, until } = waitingFields(item)
    return [
      taskletId,
      printable(task),
      printable(pattern),
      where === undefined ? '-' : printable(where),
      formatAge(now - openedAt),
      until === undefined ? '-' : new Date(until).toISOString(),
    ]
  })
  return formatTable(columns, rows, style.dim)
}
