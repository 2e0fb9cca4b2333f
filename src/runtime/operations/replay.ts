import { InputError } from '../../core/errors.ts'
import type { Dependency, Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'

export interface ReplayServices {
  readonly clock: Clock
  newId(): string
  /** The version of the plan that is loaded here, if it is. */
  planVersion(plan: string): string | undefined
}

/**
 * A new record of the same work, with all its attempts. It has no idempotency key, because the dead
 * letter keeps that for itself; it depends on the replays of what the dead letter depended on.
 * @throws {InputError} when a dependency is not stored any more, or there is no work in it at all.
 */
export async function toReplay(
  letter: Tasklet,
  store: Store,
  { clock, newId, planVersion }: ReplayServices,
): Promise<Tasklet> {
  requireWork(letter)
  const now = clock.now()
  const dependencies = await latestOf(letter.dependencies, store)
  const { unique, expiresAt } = letter
  return {
    ...letter,
    id: newId(),
    planVersion: planVersion(letter.plan) ?? letter.planVersion,
    sequence: 0,
    status: dependencies.length > 0 ? 'blocked' : 'pending',
    output: undefined,
    error: undefined,
    trail: undefined,
    attempts: 0,
    deliveries: 0,
    notBefore: undefined,
    dependencies,
    expiresAt: expiresAt === undefined ? undefined : now + expiresAt - letter.createdAt,
    // A key with a period is still held by the dead letter; one "while unsettled" may have a new
    // holder, which must not be given the old input.
    unique:
      unique?.until === undefined ? unique && { ...unique, onDuplicate: 'return' } : undefined,
    failures: [],
    interruptions: 0,
    replayOf: letter.id,
    replayedBy: undefined,
    idempotencyKey: undefined,
    source: 'manual',
    actualDuration: undefined,
    createdAt: now,
    updatedAt: now,
    startedAt: undefined,
    settledAt: undefined,
    lease: undefined,
    cancelRequested: undefined,
  }
}

/** What is kept of a message that could not be read is the message, which no task takes as input. */
function requireWork({ id, error }: Tasklet): void {
  if (error?.kind !== 'malformed') return
  throw new InputError(
    `tasklet ${id} is a message that could not be read, so there is nothing to run again: correct it as its error says, and send it anew`,
  )
}

async function latestOf(
  dependencies: readonly Dependency[],
  store: Store,
): Promise<readonly Dependency[]> {
  const latest: Dependency[] = []
  for (const { key, id } of dependencies) {
    const record = await lastReplay(id, store)
    if (record === undefined) {
      throw new InputError(`its dependency "${key}" (tasklet ${id}) is not stored any more`)
    }
    latest.push({ key, id: record.id })
  }
  return latest
}

async function lastReplay(id: string, store: Store): Promise<Tasklet | undefined> {
  let record = await store.get(id)
  while (record?.replayedBy !== undefined) {
    const next = await store.get(record.replayedBy)
    if (next === undefined) return record
    record = next
  }
  return record
}
