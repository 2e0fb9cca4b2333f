import type { Command } from 'commander'
import { systemClock } from '../../runtime/clock.ts'
import { withBackend } from '../backend/connect.ts'
import type { InterruptRow } from '../backend/rows.ts'
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
import { printable, type Style, styleFor } from '../style.ts'
import { type Column, formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type LsOptions = PlansOption & TargetOption & JsonOption

export function addInterruptLs(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('ls')
    .description('list the interrupts of the plans, and how they stand')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: LsOptions) => end(await listInterrupts(options, io)))
}

const EXAMPLES = `
The state is what the database remembers. Where there is no database yet, every interrupt is on.

Examples:
  $ setpoint interrupt ls
  $ setpoint interrupt ls --json | jq -r '.items[] | select(.enabled | not).name'
`

async function listInterrupts(options: LsOptions, io: Io): Promise<number> {
  const items = await withBackend(options, io, ({ interrupts }) => interrupts.list())
  if (options.json) writeJson(io.stdout, { items })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, systemClock.now(), styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('no plan has an interrupt'))
  return EXIT.done
}

function describe(items: readonly InterruptRow[], now: number, style: Style): string {
  const columns: readonly Column[] = [
    { title: 'interrupt', style: style.bold },
    {
      title: 'state',
      style: (text) => (text.startsWith('on') ? style.green(text) : style.yellow(text)),
    },
    { title: 'when' },
    { title: 'run' },
    { title: 'scope' },
    { title: 'victims' },
    { title: 'fired', align: 'right' },
  ]
  const rows = items.map(({ name, state, enabled, when, run, scope, victims, firedAt }) => [
    printable(name),
    state === 'answering' && !enabled ? 'answering, then off' : state,
    printable(when),
    printable(run),
    scope,
    victims.policy,
    firedAt === null ? '-' : `${formatAge(now - firedAt)} ago`,
  ])
  return formatTable(columns, rows, style.dim)
}
