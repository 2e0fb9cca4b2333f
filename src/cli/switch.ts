import type { Command } from 'commander'
import type { Backend } from './backend/backend.ts'
import { withBackend } from './backend/connect.ts'
import type { InterruptRow, ScheduleRow } from './backend/rows.ts'
import type { CommandContext } from './commands/context.ts'
import { EXIT } from './failure.ts'
import { type Io, writeJson, writeLine } from './io.ts'
import {
  databaseOption,
  type JsonOption,
  jsonOption,
  type PlansOption,
  plansOption,
  type TargetOption,
  urlOption,
} from './options.ts'
import { printable } from './style.ts'

/** What plans have that can be switched off and on. */
export interface Switchable<Row> {
  readonly noun: string
  /** A full name, for the help. */
  readonly example: string
  set(backend: Backend, fullName: string, isEnabled: boolean): Promise<Row>
  /** What follows `is on` or `is off`. */
  remark?(row: Row): string
}

export const SCHEDULE_SWITCH: Switchable<ScheduleRow> = {
  noun: 'schedule',
  example: 'kiln/nightly',
  set: ({ schedules }, id, isEnabled) => schedules.setEnabled(id, isEnabled),
}

export const INTERRUPT_SWITCH: Switchable<InterruptRow> = {
  noun: 'interrupt',
  example: 'gpu-box/people-first',
  set: ({ interrupts }, name, isEnabled) => interrupts.setEnabled(name, isEnabled),
  remark: ({ state }) => (state === 'answering' ? ', and its answer is under way' : ''),
}

export interface SwitchCommand {
  readonly name: 'enable' | 'disable'
  readonly description: string
  readonly note: string
}

type SwitchOptions = PlansOption & TargetOption & JsonOption

/** A command that switches one schedule or rule. It may be the first to use a database. */
export function addSwitch<Row>(
  parent: Command,
  { io, end }: CommandContext,
  switchable: Switchable<Row>,
  { name, description, note }: SwitchCommand,
): void {
  const { noun, example } = switchable
  parent
    .command(name)
    .description(description)
    .argument(`<plan/${noun}>`, `the ${noun}`)
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(urlOption())
    .addOption(jsonOption())
    .addHelpText('after', `\n${note}\n\nExamples:\n  $ setpoint ${noun} ${name} ${example}\n`)
    .action(async (fullName: string, options: SwitchOptions) =>
      end(await setEnabled(switchable, fullName, name === 'enable', options, io)),
    )
}

async function setEnabled<Row>(
  { noun, set, remark }: Switchable<Row>,
  fullName: string,
  enabled: boolean,
  options: SwitchOptions,
  io: Io,
): Promise<number> {
  const row = await withBackend(options, io, (backend) => set(backend, fullName, enabled))
  if (options.json) writeJson(io.stdout, row)
  else {
    const state = `is ${enabled ? 'on' : 'off'}${remark?.(row) ?? ''}`
    writeLine(io.stdout, `${noun} "${printable(fullName)}" ${state}`)
  }
  return EXIT.done
}
