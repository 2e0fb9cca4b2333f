import { InvalidArgumentError, Option } from 'commander'
import { DEFAULT_DATABASE } from '../create-runtime.ts'

export interface PlansOption {
  readonly plans?: readonly string[]
}

export interface DatabaseOption {
  readonly db: string
}

export interface JsonOption {
  readonly json?: true
}

export function plansOption(): Option {
  return new Option(
    '--plans <dir>',
    'a plan folder or a folder of plans; may be given more than once (default: "plans")',
  ).argParser(collect)
}

export function databaseOption(): Option {
  return new Option('--db <file>', 'the database').default(DEFAULT_DATABASE)
}

export function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON')
}

/** Gathers the values of an option that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** @throws {InvalidArgumentError} unless the text is an integer ≥ 1. */
export function toCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('Give an integer of 1 or more.')
}
