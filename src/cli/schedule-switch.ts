import type { Command } from 'commander'
import { systemClock } from '../runtime/clock.ts'
import type { CommandContext } from './commands/context.ts'
import { withNewDatabase } from './database.ts'
import { EXIT } from './failure.ts'
import { type Io, writeJson, writeLine } from './io.ts'
import {
  type DatabaseOption,
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
} from './options.ts'
import { findSchedule, loadPlanFolders } from './plans.ts'
import { scheduleFields, switchSchedule } from './schedules.ts'
import { printable } from './style.ts'

type SwitchOptions = PlansOption & DatabaseOption & JsonOption

export interface ScheduleSwitch {
  readonly name: 'enable' | 'disable'
  readonly description: string
  readonly enabled: boolean
  readonly note: string
}

/** A command that switches one schedule. It may be the first to use a database. */
export function addScheduleSwitch(
  parent: Command,
  { io, end }: CommandContext,
  { name, description, enabled, note }: ScheduleSwitch,
): void {
  parent
    .command(name)
    .description(description)
    .argument('<plan/schedule>', 'the schedule')
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', helpOf(name, note))
    .action(async (id: string, options: SwitchOptions) =>
      end(await setEnabled(id, enabled, options, io)),
    )
}

function helpOf(name: string, note: string): string {
  return `\n${note}\n\nExamples:\n  $ setpoint schedule ${name} kiln/nightly\n`
}

async function setEnabled(
  id: string,
  enabled: boolean,
  { plans, db, json }: SwitchOptions,
  io: Io,
): Promise<number> {
  const schedule = findSchedule(await loadPlanFolders(plans), id)
  const known = await withNewDatabase(db, (store) =>
    switchSchedule(schedule, store, enabled, systemClock.now()),
  )
  if (json) writeJson(io.stdout, scheduleFields(known))
  else writeLine(io.stdout, `schedule "${printable(id)}" is ${enabled ? 'on' : 'off'}`)
  return EXIT.done
}
