import { type Command, Option } from 'commander'
import { InputError } from '../core/errors.ts'
import type { DependencyPolicy } from '../core/tasklet.ts'
import type { SubmitOptions } from '../runtime/intake/submission.ts'
import { collect, toCount, toDuration, toPriorityNumber } from './options.ts'

/** How one submission is to be treated, as the command line takes it. */
export interface SubmitFlags {
  readonly priority?: number
  readonly queue?: string
  readonly delay?: number
  readonly expires?: number
  readonly timeout?: number
  readonly key?: string
  readonly unique?: string
  readonly uniqueFor?: number
  readonly group?: string
  readonly tag?: readonly string[]
  readonly dependsOn?: readonly string[]
  readonly onDependencyFailure?: DependencyPolicy
  readonly retry?: number
}

const POLICIES: readonly DependencyPolicy[] = ['fail', 'cancel', 'run']

export function addSubmitFlags(command: Command): Command {
  return command
    .option('--priority <priority>', 'high, normal, low, or 0..1000', toPriorityNumber)
    .option('--queue <name>', 'the queue (default: "main")')
    .option('--delay <duration>', 'not before this long from now', toDuration)
    .option('--expires <duration>', 'fails if it was not started after this long', toDuration)
    .option('--timeout <duration>', 'limits one attempt', toDuration)
    .option('--key <key>', 'idempotency key: the same again returns the first tasklet')
    .option('--unique <key>', 'only one tasklet of the task with this key that has not settled')
    .option('--unique-for <duration>', 'the unique key is taken this long instead', toDuration)
    .option('--group <group>', 'key for limits by group and a fair turn among groups')
    .option('--tag <tag>', 'may be given more than once', collect)
    .option('--depends-on <id>', 'settled first: id or name=id; more than once', collect)
    .addOption(
      new Option('--on-dependency-failure <policy>', 'when one of them fails').choices(POLICIES),
    )
    .option('--retry <attempts>', 'how often it may be tried in all', toCount)
}

/**
 * The options of the submission; `dependsOn` holds full ids, by name.
 * @throws {InputError} for flags that do not go together.
 */
export function toSubmitOptions(
  flags: SubmitFlags,
  dependsOn: Readonly<Record<string, string>> | undefined,
): SubmitOptions {
  const { unique, uniqueFor, retry } = flags
  if (uniqueFor !== undefined && unique === undefined) {
    throw new InputError('--unique-for needs --unique')
  }
  return given({
    priority: flags.priority,
    queue: flags.queue,
    delay: flags.delay,
    expiresAfter: flags.expires,
    timeout: flags.timeout,
    idempotencyKey: flags.key,
    unique: unique === undefined ? undefined : { key: unique, ...given({ period: uniqueFor }) },
    group: flags.group,
    tags: flags.tag,
    dependsOn,
    onDependencyFailure: flags.onDependencyFailure,
    retry: retry === undefined ? undefined : { attempts: retry },
  })
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without what was not given: an option that is undefined is not the same as none. */
function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Given<T>
}
