import { InvalidArgumentError, Option } from 'commander'
import { toMilliseconds } from '../core/duration.ts'
import { InputError } from '../core/errors.ts'
import { PRIORITIES, type PriorityName, toPriority } from '../core/priority.ts'
import { DEFAULT_DATABASE } from '../create-runtime.ts'

export interface PlansOption {
  readonly plans?: readonly string[]
}

export interface DatabaseOption {
  readonly db: string
}

/** The work is in a database of this machine, or behind a server. */
export interface TargetOption extends DatabaseOption {
  readonly url?: string
}

export interface JsonOption {
  readonly json?: true
}

export interface YesOption {
  readonly yes?: true
}

export interface DryRunOption {
  readonly dryRun?: true
}

export function plansOption(): Option {
  return new Option(
    '--plans <dir>',
    'a plan folder or a folder of plans; may be given more than once (default: "plans")',
  ).argParser(collect)
}

export function databaseOption(): Option {
  return new Option(
    '--db <place>',
    `the database: a file, postgres://… or mysql://… (default: "${DEFAULT_DATABASE}")`,
  )
}

export function dispatchOption(): Option {
  return new Option(
    '--dispatch <url>',
    'a broker that hands work to processes: redis://… (BullMQ) or amqp://… (RabbitMQ)',
  )
}

export function topicsOption(): Option {
  return new Option(
    '--topics <url>',
    'a broker that tells subscribers what happens: amqp://… or kafka://host:port,…',
  )
}

export function submissionsOption(): Option {
  return new Option(
    '--submissions <url>',
    'a broker whose messages are submitted: amqp://… (RabbitMQ)',
  )
}

export function workOption(): Option {
  return new Option(
    '--work <queue>',
    'run only what is in this queue; may be given more than once (default: all)',
  ).argParser(collect)
}

export function urlOption(): Option {
  return new Option('--url <url>', 'a server instead of the database; its token in SETPOINT_TOKEN')
}

export function jsonOption(): Option {
  return new Option('--json', 'print the result as JSON')
}

export function yesOption(): Option {
  return new Option('--yes', 'do it without asking')
}

export function dryRunOption(): Option {
  return new Option('--dry-run', 'show what it would change, and change nothing')
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

/** @throws {InvalidArgumentError} unless the text is a port that can be listened on. */
export function toPort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new InvalidArgumentError('Give an integer from 1 to 65535.')
}

/** Milliseconds. @throws {InvalidArgumentError} unless the text is a duration such as `30s`. */
export function toDuration(text: string): number {
  return asArgument(() => toMilliseconds(/^\d+$/.test(text) ? Number(text) : text))
}

/** @throws {InvalidArgumentError} unless the text is a priority's name or number. */
export function toPriorityNumber(text: string): number {
  return asArgument(() => toPriority(text in PRIORITIES ? (text as PriorityName) : toNumber(text)))
}

/** An empty text is no number, although JavaScript takes it for 0. */
function toNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InputError(
    `"${text}" is not a priority: use an integer 0..1000 (lower runs first) or one of ${Object.keys(PRIORITIES).join(', ')}`,
  )
}

function asArgument<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof InputError) throw new InvalidArgumentError(error.message)
    throw error
  }
}
