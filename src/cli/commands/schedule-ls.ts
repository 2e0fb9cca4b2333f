import type { Command } from 'commander'
import { systemClock } from '../../runtime/clock.ts'
import { withBackend } from '../backend/connect.ts'
import type { ScheduleRow } from '../backend/rows.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from '../options.ts'
import { formatLocal } from '../schedules.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { type Column, formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type LsOptions = PlansOption & TargetOption & JsonOption

export function addScheduleLs(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('ls')
    .description('list the schedules of the plans, when they fire next and when they last did')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: LsOptions) => end(await listSchedules(options, io)))
}

const EXAMPLES = `
Times are those of the schedule's own time zone. What is switched and what has fired is what the
database remembers. Schedules fire only while a runtime with their plan runs.

Examples:
  $ setpoint schedule ls
  $ setpoint schedule ls --json | jq -r '.items[] | select(.enabled) | .id'
`

async function listSchedules(options: LsOptions, io: Io): Promise<number> {
  const items = await withBackend(options, io, ({ schedules }) => schedules.list())
  if (options.json) writeJson(io.stdout, { items })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, systemClock.now(), styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('no plan has a schedule'))
  return EXIT.done
}

/** What fires at times and has none left is neither on nor off. */
function stateOf({ trigger, enabled, next }: ScheduleRow): string {
  if (!enabled) return 'off'
  const isTimed = /^(?:cron|every) /.test(trigger)
  return isTimed && next === null ? 'over' : 'on'
}

const WIDEST_TRIGGER = 60

function shorten(text: string): string {
  return text.length <= WIDEST_TRIGGER ? text : `${text.slice(0, WIDEST_TRIGGER - 1)}…`
}

function describe(items: readonly ScheduleRow[], now: number, style: Style): string {
  const columns: readonly Column[] = [
    { title: 'schedule', style: style.bold },
    {
      title: 'state',
      style: (text) => (text.startsWith('on') ? style.green(text) : style.yellow(text)),
    },
    { title: 'task' },
    { title: 'trigger' },
    { title: 'next' },
    { title: 'last', align: 'right' },
  ]
  const rows = items.map((row) => [
    printable(row.id),
    stateOf(row),
    printable(row.task.slice(row.task.indexOf('/') + 1)),
    shorten(printable(row.trigger)),
    row.next === null ? '-' : formatLocal(row.next, row.zone),
    row.firedAt === null ? '-' : `${formatAge(now - row.firedAt)} ago`,
  ])
  return formatTable(columns, rows, style.dim)
}
