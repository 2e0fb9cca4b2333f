import type { Command } from 'commander'
import { systemClock } from '../../runtime/clock.ts'
import { fullRuleName } from '../../runtime/interrupts/services.ts'
import { withDatabaseIfAny } from '../database.ts'
import { EXIT } from '../failure.ts'
import { conditionOf, interruptFields, type KnownInterrupt, readInterrupt } from '../interrupts.ts'
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
import { printable, type Style, styleFor } from '../style.ts'
import { type Column, formatTable } from '../table.ts'
import { formatAge } from '../tasklet-text.ts'
import type { CommandContext } from './context.ts'

type LsOptions = PlansOption & DatabaseOption & JsonOption

export function addInterruptLs(parent: Command, { io, end }: CommandContext): void {
  parent
    .command('ls')
    .description('list the interrupts of the plans, and how they stand')
    .addOption(plansOption())
    .addOption(databaseOption())
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

async function listInterrupts({ plans, db, json }: LsOptions, io: Io): Promise<number> {
  const loaded = await loadPlanFolders(plans)
  const rules = loaded.flatMap(({ interrupts }) => interrupts)
  const now = systemClock.now()
  const items = await withDatabaseIfAny(db, (store) =>
    Promise.all(rules.map((rule) => readInterrupt(rule, store, now))),
  )
  if (json) writeJson(io.stdout, { items: items.map(interruptFields) })
  else if (items.length > 0) {
    writeLine(io.stdout, describe(items, now, styleFor(io.stdout, io.env)))
  } else writeLine(io.stderr, styleFor(io.stderr, io.env).dim('no plan has an interrupt'))
  return EXIT.done
}

function describe(items: readonly KnownInterrupt[], now: number, style: Style): string {
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
  const rows = items.map(({ rule, memory, state }) => [
    printable(fullRuleName(rule)),
    state === 'answering' && !memory.enabled ? 'answering, then off' : state,
    printable(conditionOf(rule)),
    printable(rule.run),
    rule.scope,
    rule.victims.policy,
    memory.firedAt === undefined ? '-' : `${formatAge(now - memory.firedAt)} ago`,
  ])
  return formatTable(columns, rows, style.dim)
}
