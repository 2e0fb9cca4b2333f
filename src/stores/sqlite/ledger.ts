import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { isFinal } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { type Dependents, settleDependents } from '../dependencies.ts'
import { prepareRead, readAll } from './columns.ts'
import { Counts } from './counts.ts'
import { Journal } from './journal.ts'
import { Names } from './names.ts'
import { type Noting, Outbox } from './outbox.ts'
import { type Row, Rows } from './rows.ts'
import { SearchIndex } from './search-index.ts'
import { TallyRows } from './tally-rows.ts'

/** Blocked dependents; with ?2 only those for which nothing is open any more. */
const BLOCKED_BY = `JOIN dependencies AS edge ON edge.dependent = tasklets.sequence
  WHERE edge.dependency = ?1 AND tasklets.status = 0 AND NOT (?2 AND EXISTS (
    SELECT 1 FROM dependencies AS open JOIN tasklets AS needed ON needed.sequence = open.dependency
    WHERE open.dependent = edge.dependent AND needed.status < 5))`

/**
 * The records, and what has to be kept in step with them: counts, tallies, dependents, the
 * outbox and the search index. Every change of a record goes through here, inside a transaction.
 */
export class Ledger {
  readonly db: DatabaseSync
  readonly names: Names
  readonly rows: Rows
  readonly counts: Counts
  readonly tallies: TallyRows
  readonly search: SearchIndex
  readonly outbox: Outbox
  readonly journal: Journal
  /**
   * The rows of running records as this connection leased them, so that a settlement need not read
   * them. Others may have changed them since: whoever writes by one checks that it still stands.
   */
  readonly leased = new Map<string, Row>()
  readonly #blockedBy: StatementSync
  readonly #lastSequence: StatementSync
  readonly #anyDependency: StatementSync
  readonly #addDependency: StatementSync
  #last: number | undefined
  #hasDependencies: boolean | undefined

  constructor(db: DatabaseSync, noting: Noting) {
    this.db = db
    this.names = new Names(db)
    this.rows = new Rows(db, this.names)
    this.counts = new Counts(db, this.names)
    this.tallies = new TallyRows(db, this.names)
    this.search = new SearchIndex(db)
    this.outbox = new Outbox(db, noting)
    this.journal = new Journal(this.counts, this.tallies, this.outbox)
    this.#blockedBy = prepareRead(db, BLOCKED_BY)
    this.#lastSequence = db.prepare('SELECT max(sequence) AS last FROM tasklets')
    this.#anyDependency = db.prepare('SELECT 1 FROM dependencies LIMIT 1')
    this.#addDependency = db.prepare('INSERT OR IGNORE INTO dependencies VALUES (?, ?)')
  }

  /** The sequence that the next new record gets; they only grow while the store is open. */
  get nextSequence(): number {
    this.#last ??= Number(this.#lastSequence.get()?.['last'] ?? 0)
    return this.#last + 1
  }

  add(tasklet: Tasklet): void {
    this.rows.insert(tasklet)
    this.#last = tasklet.sequence
    this.journal.note('inserted', undefined, tasklet, tasklet.createdAt)
    for (const { id } of tasklet.dependencies) {
      const needed = this.rows.byId(id)
      if (needed !== undefined) this.#addDependency.run(needed.tasklet.sequence, tasklet.sequence)
      this.#hasDependencies = true
    }
  }

  /** Writes the record in the place of what was read. */
  change(
    deed: 'settled' | 'rescued' | 'moved',
    row: Row,
    next: Tasklet,
    now: number,
    lost = 0,
  ): void {
    this.rows.replace(row, next, lost)
    this.noteChange(deed, row, next, now)
  }

  /** Keeps in step what depends on a record that has been written. */
  noteChange(
    deed: 'settled' | 'rescued' | 'moved',
    { tasklet }: Row,
    next: Tasklet,
    now: number,
  ): void {
    this.leased.delete(next.id)
    this.journal.note(deed, tasklet, next, now)
    if (tasklet.error !== next.error || tasklet.input !== next.input) {
      this.search.mark(next.sequence)
    }
  }

  /** Moves the dependents of those that have become final; returns them as they are now. */
  release(ended: readonly Tasklet[], now: number): readonly Tasklet[] {
    if (!this.#mayHaveDependents()) return []
    const settled = ended.filter(({ status }) => isFinal(status))
    return settled.length === 0 ? [] : settleDependents(settled, this.#dependents(now), now)
  }

  /** After a rollback, or when another connection has written: what was learned may be wrong. */
  forget(): void {
    this.names.forget()
    this.counts.forgetStored()
    this.search.forget()
    this.#last = undefined
    this.#hasDependencies = undefined
  }

  #mayHaveDependents(): boolean {
    this.#hasDependencies ??= this.#anyDependency.get() !== undefined
    return this.#hasDependencies
  }

  #dependents(now: number): Dependents {
    return {
      get: (id) => this.rows.byId(id)?.tasklet,
      blockedBy: (id) => {
        const ended = this.rows.byId(id)?.tasklet
        if (ended === undefined) return []
        const onlyReady = ended.status === 'completed' ? 1 : 0
        const found = readAll(this.#blockedBy, ended.sequence, onlyReady)
        return found.map((cells) => this.rows.toTasklet(cells))
      },
      replace: ({ id }, next) => {
        const row = this.rows.byId(id)
        if (row !== undefined) this.change('moved', row, next, now)
      },
    }
  }
}
