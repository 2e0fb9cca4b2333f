import type { Tasklet } from '../../core/tasklet.ts'
import type { InsertOptions, InsertOutcome } from '../../ports/store-messages.ts'
import { admit, idempotencyKeyOf, type Stored, uniqueKeyOf } from '../admission.ts'
import { holdsKey } from '../duplicates.ts'
import { isWaiting } from '../moves.ts'
import type { Row } from './rows.ts'

/** What is stored of that which a group of insertions may ask for. */
export interface Found {
  /** By id: what they name. */
  readonly rows: readonly Row[]
  /** Those that have one of their idempotency keys. */
  readonly keyed: readonly Row[]
  /** Those that have one of their unique keys, oldest first. */
  readonly holders: readonly Row[]
  /** Tasklets that wait in a queue, where there is a limit. */
  readonly waiting: ReadonlyMap<string, number>
}

/**
 * Admits a group of insertions one after the other, each upon what those before leave. Nothing is
 * stored yet: one that is refused leaves no trace.
 */
export class StagedInserts {
  /** New records by id, in the order of their sequences. */
  readonly created = new Map<string, Tasklet>()
  /** Stored records that change. */
  readonly changed = new Map<string, { readonly row: Row; readonly next: Tasklet }>()
  readonly #numbers: readonly number[]
  readonly #stored = new Map<string, Row>()
  readonly #byKey = new Map<string, string>()
  /** Ids by unique key, oldest first. */
  readonly #holders = new Map<string, string[]>()
  readonly #waiting: Map<string, number>

  /** `numbers`: growing sequences, enough for all. */
  constructor(found: Found, numbers: readonly number[]) {
    this.#numbers = numbers
    this.#waiting = new Map(found.waiting)
    for (const row of [...found.rows, ...found.keyed, ...found.holders]) {
      this.#stored.set(row.tasklet.id, row)
    }
    for (const { tasklet } of found.keyed) this.#byKey.set(idempotencyKeyOf(tasklet), tasklet.id)
    for (const { tasklet } of found.holders) this.#addHolder(tasklet)
  }

  /** @throws what `admit` throws. */
  add(tasklets: readonly Tasklet[], options: InsertOptions | undefined): readonly InsertOutcome[] {
    const { outcomes, created, changed } = admit(tasklets, this.#view(), options)
    const first = this.created.size
    const numbered = new Map<string, Tasklet>()
    for (const [index, tasklet] of created.entries()) {
      const sequence = this.#numbers[first + index] ?? tasklet.sequence
      numbered.set(tasklet.id, tasklet.sequence === sequence ? tasklet : { ...tasklet, sequence })
    }
    for (const tasklet of numbered.values()) this.#create(tasklet)
    for (const { next } of changed) this.#change(next)
    return outcomes.map((outcome) => {
      const tasklet = numbered.get(outcome.tasklet.id)
      return tasklet === undefined || tasklet === outcome.tasklet
        ? outcome
        : { ...outcome, tasklet }
    })
  }

  get(id: string): Tasklet | undefined {
    return (
      this.created.get(id) ??
      this.changed.get(id)?.next ??
      this.#stored.get(id)?.tasklet ??
      undefined
    )
  }

  /** Edges from new records to what they depend on, by sequence. */
  edges(): { dependency: number; dependent: number }[] {
    return [...this.created.values()].flatMap(({ sequence, dependencies }) =>
      [...new Set(dependencies.map(({ id }) => this.get(id)?.sequence))].flatMap((dependency) =>
        dependency === undefined ? [] : [{ dependency, dependent: sequence }],
      ),
    )
  }

  /** Ids that new records depend on. */
  awaited(): ReadonlySet<string> {
    const awaited = new Set<string>()
    for (const { dependencies } of this.created.values()) {
      for (const { id } of dependencies) awaited.add(id)
    }
    return awaited
  }

  /** Stored records that do not show yet that others depend on them. */
  newlyAwaited(): readonly number[] {
    return [...this.awaited()].flatMap((id) => {
      const row = this.#stored.get(id)
      return row === undefined || row.hasDependents ? [] : [row.tasklet.sequence]
    })
  }

  #view(): Stored {
    const next = this.#numbers[this.created.size] ?? 1
    return {
      last: next - 1,
      get: (id) => this.get(id),
      firstWithKey: (tasklet) => this.get(this.#byKey.get(idempotencyKeyOf(tasklet)) ?? ''),
      holderOf: (tasklet) => this.#holderOf(tasklet),
      waiting: (queue) => this.#waiting.get(queue) ?? 0,
    }
  }

  #holderOf(given: Tasklet): Tasklet | undefined {
    const ids = this.#holders.get(uniqueKeyOf(given)) ?? []
    const newest = ids.findLast((id) => {
      const holder = this.get(id)
      return holder !== undefined && holdsKey(holder, given.createdAt)
    })
    return newest === undefined ? undefined : this.get(newest)
  }

  #addHolder(tasklet: Tasklet): void {
    const key = uniqueKeyOf(tasklet)
    const ids = this.#holders.get(key)
    if (ids === undefined) this.#holders.set(key, [tasklet.id])
    else ids.push(tasklet.id)
  }

  #create(tasklet: Tasklet): void {
    const { id, queue, status } = tasklet
    this.created.set(id, tasklet)
    if (tasklet.idempotencyKey !== undefined) this.#byKey.set(idempotencyKeyOf(tasklet), id)
    if (tasklet.unique !== undefined) this.#addHolder(tasklet)
    if (isWaiting(status)) this.#waiting.set(queue, (this.#waiting.get(queue) ?? 0) + 1)
  }

  #change(next: Tasklet): void {
    const created = this.created.get(next.id)
    if (created !== undefined) {
      this.created.set(next.id, next)
      return
    }
    const row = this.#stored.get(next.id)
    if (row !== undefined) this.changed.set(next.id, { row, next })
  }
}
