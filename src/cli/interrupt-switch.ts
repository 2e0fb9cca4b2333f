import type { Command } from 'commander'
import { systemClock } from '../runtime/clock.ts'
import type { CommandContext } from './commands/context.ts'
import { withNewDatabase } from './database.ts'
import { EXIT } from './failure.ts'
import { interruptFields, switchInterrupt } from './interrupts.ts'
import { type Io, writeJson, writeLine } from './io.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
} from './options.ts'
import { findInterrupt, loadPlanFolders } from './plans.ts'
import { printable } from './style.ts'

type SwitchOptions = PlansOption & DatabaseOption & JsonOption

export interface InterruptSwitch {
  readonly name: 'enable' | 'disable'
  readonly description: string
  readonly enabled: boolean
  readonly note: string
}

/** A command that switches one rule. It may be the first to use a database. */
export function addInterruptSwitch(
  parent: Command,
  { io, end }: CommandContext,
  { name, description, enabled, note }: InterruptSwitch,
): void {
  parent
    .command(name)
    .description(description)
    .argument('<plan/interrupt>', 'the interrupt')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', helpOf(name, note))
    .action(async (rule: string, options: SwitchOptions) =>
      end(await setEnabled(rule, enabled, options, io)),
    )
}

function helpOf(name: string, note: string): string {
  return `\n${note}\n\nExamples:\n  $ setpoint interrupt ${name} gpu-box/people-first\n`
}

async function setEnabled(
  name: string,
  enabled: boolean,
  { plans, db, json }: SwitchOptions,
  io: Io,
): Promise<number> {
  const rule = findInterrupt(await loadPlanFolders(plans), name)
  const known = await withNewDatabase(db, (store) =>
    switchInterrupt(rule, store, enabled, systemClock.now()),
  )
  if (json) writeJson(io.stdout, interruptFields(known))
  else {
    const isBusy = known.state === 'answering' ? ', and its answer is under way' : ''
    const text = `interrupt "${printable(name)}" is ${enabled ? 'on' : 'off'}${isBusy}`
    writeLine(io.stdout, text)
  }
  return EXIT.done
}
