import { InputError, QueueFullError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { InsertOptions, InsertOutcome } from '../ports/store-messages.ts'
import { toUnblocked } from './dependencies.ts'
import { holdsKey, toDuplicate } from './duplicates.ts'
import { duplicateId, isWaiting, toAdmitted } from './moves.ts'

/** What an insertion asks about the records that are stored. */
export interface Stored {
  /** The highest sequence so far. */
  readonly last: number
  get(id: string): Tasklet | undefined
  /** The first record with its plan, task and idempotency key. */
  firstWithKey(tasklet: Tasklet): Tasklet | undefined
  /** The newest record with its plan, task and unique key that holds the key at its `createdAt`. */
  holderOf(tasklet: Tasklet): Tasklet | undefined
  /** How many tasklets wait in the queue. */
  waiting(queue: string): number
}

export interface Change {
  readonly previous: Tasklet
  readonly next: Tasklet
}

/** What an insertion comes to. Nothing is stored yet: a refused one leaves no trace. */
export interface Admission {
  readonly outcomes: readonly InsertOutcome[]
  /** New records, in the order of their sequences. */
  readonly created: readonly Tasklet[]
  /** Stored records that it changes: replaced duplicates and replayed dead letters. */
  readonly changed: readonly Change[]
}

/**
 * Decides on one insertion.
 * @throws {InputError} for a value, priority, time, dependency or replay that cannot be.
 * @throws {StoreError} `store_illegal_move`, `store_duplicate_id`.
 * @throws {QueueFullError} when a queue has no room.
 */
export function admit(
  tasklets: readonly Tasklet[],
  stored: Stored,
  options: InsertOptions = {},
): Admission {
  const isPlain = tasklets.every(needsNothing)
  const admission = isPlain ? admitPlain(tasklets, stored) : admitAll(tasklets, stored)
  if (options.maxSizes !== undefined) requireRoom(admission.created, stored, options.maxSizes)
  return admission
}

function admitAll(tasklets: readonly Tasklet[], stored: Stored): Admission {
  const staging = new Staging(stored)
  const outcomes = tasklets.map((given) => staging.add(given))
  return { outcomes, created: staging.created(), changed: staging.changed() }
}

/** Nearly every insertion is of such records only; they are spared the staging. */
function admitPlain(tasklets: readonly Tasklet[], stored: Stored): Admission {
  const ids = new Set<string>()
  const created = tasklets.map((given, index) => {
    const isTwice = ids.has(given.id) || stored.get(given.id) !== undefined
    ids.add(given.id)
    if (isTwice) throw duplicateId(given.id)
    return toAdmitted(given, stored.last + 1 + index)
  })
  const outcomes = created.map((tasklet) => ({ created: true as const, tasklet }))
  return { outcomes, created, changed: NO_CHANGES }
}

const NO_CHANGES: readonly Change[] = []

/** Whether it concerns no other record. */
function needsNothing({ status, idempotencyKey, unique, replayOf }: Tasklet): boolean {
  return (
    status !== 'blocked' &&
    idempotencyKey === undefined &&
    unique === undefined &&
    replayOf === undefined
  )
}

class Staging {
  readonly #stored: Stored
  /** By id, in the order of their sequences. */
  readonly #created = new Map<string, Tasklet>()
  readonly #changed = new Map<string, Change>()
  /** Ids given in this call whose records were not stored, and the records in their place. */
  readonly #standIns = new Map<string, string>()
  readonly #byKey = new Map<string, string>()

  constructor(stored: Stored) {
    this.#stored = stored
  }

  created(): Tasklet[] {
    return [...this.#created.values()]
  }

  changed(): Change[] {
    return [...this.#changed.values()]
  }

  add(given: Tasklet): InsertOutcome {
    const first = this.#replay(given) ?? this.#firstWithKey(given)
    if (first !== undefined) return this.#duplicate(given, first)
    if (given.unique === undefined) return this.#create(given)
    const holder = this.#holderOf(given)
    if (holder === undefined) return this.#create(given)
    const duplicate = toDuplicate(holder, toAdmitted(given, holder.sequence))
    if (duplicate.kind === 'follows') return this.#create(duplicate.followUp)
    if (duplicate.kind === 'returned') return this.#duplicate(given, [holder, 'unique'])
    const next = this.#replace(holder, duplicate.holder)
    return this.#duplicate(given, [next, 'replaced'])
  }

  #create(given: Tasklet): InsertOutcome {
    const { id } = given
    if (this.#created.has(id) || this.#stored.get(id)) throw duplicateId(id)
    const sequence = this.#stored.last + this.#created.size + 1
    const tasklet = this.#unblock(toAdmitted(given, sequence))
    this.#created.set(id, tasklet)
    if (tasklet.idempotencyKey !== undefined) this.#byKey.set(idempotencyKeyOf(tasklet), id)
    if (tasklet.unique !== undefined) this.#byKey.set(uniqueKeyOf(tasklet), id)
    if (tasklet.replayOf !== undefined) this.#markReplayed(tasklet.replayOf, id)
    return { created: true, tasklet }
  }

  #unblock(tasklet: Tasklet): Tasklet {
    if (tasklet.status !== 'blocked') return tasklet
    const dependencies = tasklet.dependencies.map(({ key, id }) => {
      const found = this.#get(this.#standIns.get(id) ?? id)
      if (found !== undefined) return { key, id: found.id }
      throw new InputError(`tasklet ${tasklet.id} depends on "${key}" (${id}), which is not stored`)
    })
    return toUnblocked({ ...tasklet, dependencies }, (id) => this.#get(id), tasklet.createdAt)
  }

  #duplicate(given: Tasklet, [tasklet, reason]: Found): InsertOutcome {
    this.#standIns.set(given.id, tasklet.id)
    return { created: false, tasklet, reason }
  }

  /** The tasklet that runs the dead letter already, if one does. */
  #replay({ id, replayOf }: Tasklet): Found | undefined {
    if (replayOf === undefined) return undefined
    const dead = this.#get(replayOf)
    if (dead?.status !== 'failed') {
      throw new InputError(`tasklet ${id} cannot replay ${replayOf}, which is not a dead letter`)
    }
    if (dead.replayedBy === undefined) return undefined
    return [this.#get(dead.replayedBy) ?? dead, 'replayed']
  }

  #markReplayed(deadId: string, id: string): void {
    const dead = this.#get(deadId)
    if (dead !== undefined) this.#replace(dead, { ...dead, replayedBy: id })
  }

  #firstWithKey(given: Tasklet): Found | undefined {
    if (given.idempotencyKey === undefined) return undefined
    const first =
      this.#created.get(this.#byKey.get(idempotencyKeyOf(given)) ?? '') ??
      this.#stored.firstWithKey(given)
    return first && [this.#get(first.id) ?? first, 'idempotency-key']
  }

  #holderOf(given: Tasklet): Tasklet | undefined {
    const staged = this.#created.get(this.#byKey.get(uniqueKeyOf(given)) ?? '')
    if (staged !== undefined && holdsKey(staged, given.createdAt)) return staged
    const holder = this.#stored.holderOf(given)
    return holder && (this.#get(holder.id) ?? holder)
  }

  #get(id: string): Tasklet | undefined {
    return this.#created.get(id) ?? this.#changed.get(id)?.next ?? this.#stored.get(id)
  }

  #replace(previous: Tasklet, next: Tasklet): Tasklet {
    if (this.#created.has(next.id)) {
      this.#created.set(next.id, next)
    } else {
      const first = this.#changed.get(next.id)?.previous ?? previous
      this.#changed.set(next.id, { previous: first, next })
    }
    return next
  }
}

type Found = readonly [Tasklet, 'idempotency-key' | 'unique' | 'replaced' | 'replayed']

/** The name under which the first record with an idempotency key is found. */
export function idempotencyKeyOf({ plan, task, idempotencyKey }: Tasklet): string {
  return JSON.stringify([plan, task, idempotencyKey])
}

/** The name under which the records with a unique key are found. */
export function uniqueKeyOf({ plan, task, unique }: Tasklet): string {
  return JSON.stringify(['unique', plan, task, unique?.key])
}

function requireRoom(
  created: readonly Tasklet[],
  stored: Stored,
  maxSizes: Readonly<Record<string, number>>,
): void {
  const wanted = new Map<string, number>()
  for (const { queue, status } of created) {
    if (isWaiting(status)) wanted.set(queue, (wanted.get(queue) ?? 0) + 1)
  }
  for (const [queue, count] of wanted) {
    const maxSize = queue === 'interrupt' ? undefined : maxSizes[queue]
    if (maxSize !== undefined && stored.waiting(queue) + count > maxSize) {
      throw new QueueFullError(queue, maxSize)
    }
  }
}
