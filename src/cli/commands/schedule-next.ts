import { Argument, type Command } from 'commander'
import type { Schedule } from '../../plan/model.ts'
import { nextInstants } from '../../plan/schedules/instants.ts'
import { describeTrigger } from '../../plan/schedules/trigger-text.ts'
import { systemClock } from '../../runtime/clock.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import { type JsonOption, jsonOption, type PlansOption, plansOption, toCount } from '../options.ts'
import { findSchedule, loadPlansAround } from '../plans.ts'
import { formatLocal, zoneOf } from '../schedules.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import type { CommandContext } from './context.ts'

type NextOptions = PlansOption & JsonOption

const MOST = 1000
const DEFAULT = 5

export function addScheduleNext(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('next')
    .description('say when a schedule fires next, in its own time zone and in UTC')
    .argument('<plan/schedule>', 'the schedule')
    .addArgument(
      new Argument('[count]', 'how many instants, 1000 at most')
        .argParser(toCount)
        .default(DEFAULT),
    )
    .addOption(plansOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, count: number, options: NextOptions) =>
      end(await showNext(id, count, options, io)),
    )
}

const EXAMPLES = `
The instants follow from the plan alone, whether the schedule is on or off. A local time that clocks
leave out is the instant at which they are put forward; one that they show twice is the first of the
two. Exit code 1 when the schedule fires on no time, or never again.

Examples:
  $ setpoint schedule next web-service/nightly 10
  $ setpoint schedule next web-service/nightly 1 --json | jq -r '.[0].utc'
`

async function showNext(
  id: string,
  count: number,
  { plans, json }: NextOptions,
  io: Io,
): Promise<number> {
  const schedule = findSchedule(await loadPlansAround(id.split('/', 1).join(), plans, io), id)
  const instants = nextInstants(schedule, systemClock.now(), Math.min(count, MOST))
  if (json)
    writeJson(
      io.stdout,
      instants.map((instant) => toFields(instant, schedule)),
    )
  else if (instants.length > 0) {
    writeLine(io.stdout, describe(instants, schedule, styleFor(io.stdout, io.env)))
  } else {
    const trigger = printable(describeTrigger(schedule.trigger))
    const aside = styleFor(io.stderr, io.env).dim
    const ended =
      schedule.end === undefined ? '' : `, ended ${new Date(schedule.end).toISOString()}`
    writeLine(
      io.stderr,
      aside(`schedule "${printable(id)}" has no next instant: ${trigger}${ended}`),
    )
  }
  return instants.length > 0 ? EXIT.done : EXIT.failed
}

function toFields(instant: number, schedule: Schedule) {
  const zone = zoneOf(schedule)
  const [date, time, offset] = formatLocal(instant, zone).split(' ')
  return {
    at: instant,
    utc: new Date(instant).toISOString(),
    local: `${date}T${time}${offset}`,
    zone,
  }
}

function describe(instants: readonly number[], schedule: Schedule, style: Style): string {
  const zone = zoneOf(schedule)
  const rows = instants.map((instant) => [
    formatLocal(instant, zone),
    new Date(instant).toISOString().replace('.000Z', 'Z'),
  ])
  return formatTable([{ title: zone, style: style.bold }, { title: 'UTC' }], rows, style.dim)
}
