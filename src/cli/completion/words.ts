import type { Argument, Command, Option } from 'commander'
import { argumentKind, type Kind, optionKind } from './kinds.ts'

/** One command of the program, as a shell needs to know it. */
export interface CommandWords {
  /** The words that lead to it: `tasks ls`; empty for the program itself. */
  readonly path: string
  readonly commands: readonly Word[]
  readonly options: readonly OptionWords[]
  readonly arguments: readonly ArgumentWords[]
}

export interface Word {
  readonly name: string
  readonly about: string
}

export interface OptionWords extends Word {
  /** What its value is; undefined: it has none. */
  readonly value: Kind | undefined
}

export interface ArgumentWords {
  readonly kind: Kind
  /** Any number may be given. */
  readonly variadic: boolean
}

/** Every command below and with this one, hidden ones left out. */
export function commandWords(command: Command, path = ''): readonly CommandWords[] {
  const commands = command.createHelp().visibleCommands(command)
  const own = {
    path,
    commands: commands.map((each) => ({ name: each.name(), about: each.description() })),
    options: command.createHelp().visibleOptions(command).map(optionWords),
    arguments: command.registeredArguments.map(argumentWords),
  }
  const below = commands.flatMap((each) => commandWords(each, `${path} ${each.name()}`.trim()))
  return [own, ...below]
}

function optionWords({
  long,
  flags,
  description,
  argChoices,
  required,
  optional,
}: Option): OptionWords {
  const name = long ?? flags
  const [, value = ''] = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(flags) ?? []
  const kind = required || optional ? optionKind(name, value, argChoices) : undefined
  return { name, about: description, value: kind }
}

function argumentWords(argument: Argument): ArgumentWords {
  const { argChoices, variadic } = argument
  return { kind: argumentKind(argument.name(), argChoices), variadic }
}
