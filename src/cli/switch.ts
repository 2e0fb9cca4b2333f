import type { Command } from 'commander'
import type { Plan } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
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
import { loadPlansAround } from './plans.ts'
import { printable } from './style.ts'

/** What plans have that can be switched off and on. */
export interface Switchable<Rule> {
  readonly noun: string
  /** A full name, for the help. */
  readonly example: string
  /** @throws {InputError} that names the nearest one and all there are. */
  find(plans: readonly Plan[], fullName: string): Rule
  /** `now`: milliseconds since the epoch. */
  set(rule: Rule, store: Store, enabled: boolean, now: number): Promise<Switched>
}

export interface Switched {
  /** What stands for it in JSON. */
  readonly fields: unknown
  /** What follows `is on` or `is off`. */
  readonly remark?: string
}

export interface SwitchCommand {
  readonly name: 'enable' | 'disable'
  readonly description: string
  readonly note: string
}

type SwitchOptions = PlansOption & DatabaseOption & JsonOption

/** A command that switches one schedule or rule. It may be the first to use a database. */
export function addSwitch<Rule>(
  parent: Command,
  { io, end }: CommandContext,
  switchable: Switchable<Rule>,
  { name, description, note }: SwitchCommand,
): void {
  const { noun, example } = switchable
  parent
    .command(name)
    .description(description)
    .argument(`<plan/${noun}>`, `the ${noun}`)
    .addOption(plansOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .addHelpText('after', `\n${note}\n\nExamples:\n  $ setpoint ${noun} ${name} ${example}\n`)
    .action(async (fullName: string, options: SwitchOptions) =>
      end(await setEnabled(switchable, fullName, name === 'enable', options, io)),
    )
}

async function setEnabled<Rule>(
  { noun, find, set }: Switchable<Rule>,
  fullName: string,
  enabled: boolean,
  { plans, db, json }: SwitchOptions,
  io: Io,
): Promise<number> {
  const around = await loadPlansAround(fullName.split('/', 1).join(), plans, io)
  const rule = find(around, fullName)
  const { fields, remark = '' } = await withNewDatabase(db, (store) =>
    set(rule, store, enabled, systemClock.now()),
  )
  if (json) writeJson(io.stdout, fields)
  else
    writeLine(io.stdout, `${noun} "${printable(fullName)}" is ${enabled ? 'on' : 'off'}${remark}`)
  return EXIT.done
}
