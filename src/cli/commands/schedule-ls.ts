import type { Command } from 'commander'
import type { Schedule } from '../../plan/model.ts'
import { describeTrigger } from '../../plan/schedules/trigger-text.ts'
import { systemClock } from '../../runtime/clock.ts'
import { fullScheduleName } from '../../runtime/schedules/names.ts'
import { withDatabaseIfAny } from '../database.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
} from '../options.ts'
import { loadPlanFolders } from '../plans.ts'
import {
  formatLocal,
  type KnownSchedule,
  readSchedule,
  scheduleFields,
  zoneOf,
} from '../schedules.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { type Column, formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type LsOptions = PlansOption & DatabaseOption & JsonOption

export function addScheduleLs(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('ls')
    .description('list the schedules of the plans, when they fire next and when they last did')
    .addOption(plansOption())
    .addOption(databaseOption())
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

async function listSchedules({ plans, db, json }: LsOptions, io: Io): Promise<number> {
  const loaded = await loadPlanFolders(plans)
  const schedules = loaded.flatMap((plan) => plan.schedules)
  const now = systemClock.now()
  const items = await withDatabaseIfAny(db, (store) =>
    Promise.all(schedules.map((schedule) => readSchedule(schedule, store, now))),
  )
  if (json) writeJson(io.stdout, { items: items.map(scheduleFields) })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, now, styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('no plan has a schedule'))
  return EXIT.done
}

/** What fires at times and has none left is neither on nor off. */
function stateOf({ trigger }: Schedule, enabled: boolean, next: number | undefined): string {
  if (!enabled) return 'off'
  const isTimed = trigger.kind === 'cron' || trigger.kind === 'every'
  return isTimed && next === undefined ? 'over' : 'on'
}

function describe(items: readonly KnownSchedule[], now: number, style: Style): string {
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
  const rows = items.map(({ schedule, memory, enabled, next }) => [
    printable(fullScheduleName(schedule)),
    stateOf(schedule, enabled, next),
    printable(schedule.task),
    printable(describeTrigger(schedule.trigger)),
    next === undefined ? '-' : formatLocal(next, zoneOf(schedule)),
    memory.firedAt === undefined ? '-' : `${formatAge(now - memory.firedAt)} ago`,
  ])
  return formatTable(columns, rows, style.dim)
}
