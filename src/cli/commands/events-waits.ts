import type { Command } from 'commander'
import { systemClock } from '../../runtime/clock.ts'
import type { Wait } from '../../runtime/operations/waiting.ts'
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
import { printable, type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type WaitsOptions = TargetOption & JsonOption

export function addEventsWaits(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('waits')
    .description('list the tasklets that wait for an event')
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: WaitsOptions) => end(await listWaits(options, io)))
}

const EXAMPLES = `
Examples:
  $ setpoint events waits
  $ setpoint events waits --json | jq -r .items[].taskletId
`

async function listWaits(options: WaitsOptions, io: Io): Promise<number> {
  const items = await withBackend(options, io, ({ events }) => events.waits())
  if (options.json) writeJson(io.stdout, { items })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, systemClock.now(), styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('nobody waits for an event'))
  return EXIT.done
}

function describe(items: readonly Wait[], now: number, style: Style): string {
  const columns = [
    { title: 'tasklet' },
    { title: 'task', style: style.bold },
    { title: 'event' },
    { title: 'where' },
    { title: 'for', align: 'right' },
    { title: 'until' },
  ] as const
  const rows = items.map(({ taskletId, task, pattern, where, openedAt, until }) => {
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
