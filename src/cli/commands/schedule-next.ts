import { Argument, type Command } from 'commander'
import { withBackend } from '../backend/connect.ts'
import { EXIT } from '../failure.ts'
import { type Io, writeJson, writeLine } from '../io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  toCount,
  urlOption,
} from '../options.ts'
import { formatLocal } from '../schedules.ts'
import { printable, type Style, styleFor } from '../style.ts'
import { formatTable } from '../table.ts'
import type { CommandContext } from './context.ts'

type NextOptions = PlansOption & TargetOption & JsonOption

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
    .addOption(databaseOption())
    .addOption(urlOption())
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

async function showNext(id: string, count: number, options: NextOptions, io: Io): Promise<number> {
  const { zone, trigger, end, instants } = await withBackend(options, io, ({ schedules }) =>
    schedules.next(id, Math.min(count, MOST)),
  )
  if (options.json) {
    const fields = instants.map((instant) => toFields(instant, zone))
    writeJson(io.stdout, fields)
  } else if (instants.length > 0) {
    writeLine(io.stdout, describe(instants, zone, styleFor(io.stdout, io.env)))
  } else {
    const aside = styleFor(io.stderr, io.env).dim
    const ended = end === null ? '' : `, ended ${new Date(end).toISOString()}`
    const why = `${printable(trigger)}${ended}`
    writeLine(io.stderr, aside(`schedule "${printable(id)}" has no next instant: ${why}`))
  }
  return instants.length > 0 ? EXIT.done : EXIT.failed
}

function toFields(instant: number, zone: string) {
  const [date, time, offset] = formatLocal(instant, zone).split(' ')
  return {
    at: instant,
    utc: new Date(instant).toISOString(),
    local: `${date}T${time}${offset}`,
    zone,
  }
}

function describe(instants: readonly number[], zone: string, style: Style): string {
  const rows = instants.map((instant) => [
    formatLocal(instant, zone),
    new Date(instant).toISOString().replace('.000Z', 'Z'),
  ])
  return formatTable([{ title: zone, style: style.bold }, { title: 'UTC' }], rows, style.dim)
}
