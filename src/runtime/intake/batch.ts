import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { TaskReference } from '../../plan/define.ts'
import { inDependencyOrder } from './batch-order.ts'
import type { DependsOn } from './dependencies.ts'
import type { SubmitOptions } from './submission.ts'
import { toText } from './submit-values.ts'

/** One submission of a batch. */
export interface BatchEntry {
  /** Its name in the batch. */
  readonly key: string
  readonly task: TaskReference | string
  readonly input?: unknown
  readonly options?: Omit<SubmitOptions, 'dependsOn' | 'signal'>
  /** Keys of this batch and ids of earlier tasklets; the handler knows each by its name. */
  readonly dependsOn?: DependsOn
}

export interface BatchOptions {
  /** Gives up waiting for room in a full queue; does nothing once the batch is stored. */
  readonly signal?: AbortSignal
}

/**
 * The records of a batch, each behind those of the batch that it depends on. `build` makes one
 * record, given the ids of the others by key.
 * @throws {InputError} for a key that is not a text or comes twice, a dependency on itself, a cycle,
 * and whatever is wrong with an entry; the message names the entry.
 */
export function toBatch(
  entries: readonly BatchEntry[],
  newId: () => string,
  build: (entry: BatchEntry, id: string, resolve: (reference: string) => string) => Tasklet,
): ReadonlyMap<string, Tasklet> {
  const ids = new Map<string, string>()
  for (const [index, { key }] of entries.entries()) {
    toText(`the key of entry ${index}`, key)
    if (ids.has(key)) throw new InputError(`the batch has two entries with the key "${key}"`)
    ids.set(key, newId())
  }
  const resolve = (reference: string) => ids.get(reference) ?? reference
  const records = new Map<string, Tasklet>()
  for (const entry of inDependencyOrder(entries)) {
    records.set(
      entry.key,
      buildOne(entry, () => build(entry, resolve(entry.key), resolve)),
    )
  }
  return records
}

function buildOne({ key }: BatchEntry, build: () => Tasklet): Tasklet {
  try {
    return build()
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause
    throw new InputError(`entry "${key}": ${cause.message}`, { cause })
  }
}
