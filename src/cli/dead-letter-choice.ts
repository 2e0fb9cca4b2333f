import type { Command } from 'commander'
import { InputError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import { systemClock } from '../runtime/clock.ts'
import type { Backend } from './backend/backend.ts'
import { confirmed } from './confirmation.ts'
import { EXIT } from './failure.ts'
import { type Io, writeJson, writeLine } from './io.ts'
import { dryRunOption, type JsonOption, type YesOption, yesOption } from './options.ts'
import { readPages } from './paging.ts'
import { styleFor } from './style.ts'
import {
  addFilterOptions,
  type FilterOptions,
  isNarrowed,
  type TaskletFilter,
  toFilter,
} from './tasklet-filter.ts'
import { formatDeadLetters } from './tasklet-table.ts'

/** Which dead letters a command is for: those named, those that a filter finds, or all. */
export interface ChoiceOptions extends FilterOptions, YesOption {
  readonly all?: true
}

export function addChoice(command: Command): Command {
  command.argument('[id...]', 'ids, or enough of the start of each to name one')
  return addFilterOptions(command)
    .option('--all', 'every dead letter')
    .addOption(yesOption())
    .addOption(dryRunOption())
}

/** Ids or a filter. */
export type Choice = readonly string[] | TaskletFilter

/** @throws {InputError} unless it was said in exactly one way which dead letters are meant. */
export async function readChoice(
  ids: readonly string[],
  options: ChoiceOptions,
  { tasks }: Backend,
): Promise<Choice> {
  const filter = toFilter(options)
  const ways = [ids.length > 0, isNarrowed(filter), options.all === true]
  if (ways.filter(Boolean).length !== 1) {
    throw new InputError('say which: ids, or filters such as --task and --text, or --all')
  }
  if (ids.length === 0) return filter
  return Promise.all(ids.map(async (id) => (await tasks.find(id)).id))
}

/** The dead letters that are meant, as they are now. */
export async function chosen(
  { deadLetters }: Backend,
  choice: Choice,
): Promise<readonly Tasklet[]> {
  if (isIds(choice)) return Promise.all(choice.map((id) => deadLetters.show(id)))
  const everything = { limit: 1, all: true } as const
  return (await readPages(everything, (page) => deadLetters.list(choice, page))).items
}

/** Ids were named one by one; what a filter finds has to be confirmed. */
export async function isConfirmed(
  verb: string,
  choice: Choice,
  count: number,
  options: YesOption,
  io: Io,
): Promise<boolean> {
  if (isIds(choice) || count === 0) return true
  return confirmed(
    `${verb} ${count === 1 ? '1 dead letter' : `${count} dead letters`}?`,
    options,
    io,
  )
}

/** The dead letters that would be changed; returns the exit code. */
export function writeDryRun(letters: readonly Tasklet[], { json }: JsonOption, io: Io): number {
  if (json) writeJson(io.stdout, { dryRun: true, ids: letters.map(({ id }) => id) })
  else if (letters.length === 0) {
    writeLine(io.stderr, styleFor(io.stderr, io.env).dim('no dead letter matches'))
  } else {
    writeLine(io.stdout, formatDeadLetters(letters, systemClock.now(), styleFor(io.stdout, io.env)))
  }
  return EXIT.done
}

function isIds(choice: Choice): choice is readonly string[] {
  return Array.isArray(choice)
}
