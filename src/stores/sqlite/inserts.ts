import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Tasklet } from '../../core/tasklet.ts'
import type { InsertOptions, InsertOutcome } from '../../ports/store-messages.ts'
import { admit, type Stored } from '../admission.ts'
import { holdsKey } from '../duplicates.ts'
import { duplicateId } from '../moves.ts'
import { prepareRead, readAll } from './columns.ts'
import { isDuplicate } from './failures.ts'
import type { Ledger } from './ledger.ts'

/** Stores new records. Inside a transaction only, which is undone when it throws. */
export class Inserts {
  readonly #ledger: Ledger
  readonly #holders: StatementSync
  readonly #letGo: StatementSync

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger
    this.#holders = prepareRead(db, 'WHERE task = ? AND unique_key = ? ORDER BY sequence DESC')
    this.#letGo = db.prepare('UPDATE tasklets SET unique_key = NULL WHERE sequence = ?')
  }

  insert(tasklets: readonly Tasklet[], options?: InsertOptions): readonly InsertOutcome[] {
    const { outcomes, created, changed } = admit(tasklets, this.#stored(tasklets), options)
    for (const { previous, next } of changed) {
      const row = this.#ledger.rows.byId(previous.id)
      if (row !== undefined) this.#ledger.change('moved', row, next, next.updatedAt, row.lost)
    }
    for (const tasklet of created) this.#add(tasklet)
    return outcomes
  }

  #stored(tasklets: readonly Tasklet[]): Stored {
    const { rows, counts, nextSequence } = this.#ledger
    // Whether an id is taken is known by the database when it is written: that saves looking.
    const fresh = new Set(tasklets.every(isPlain) ? tasklets.map(({ id }) => id) : [])
    return {
      last: nextSequence - 1,
      get: (id) => (fresh.has(id) ? undefined : rows.byId(id)?.tasklet),
      firstWithKey: (tasklet) => rows.byKey(tasklet),
      holderOf: (tasklet) => this.#holderOf(tasklet),
      waiting: (queue) => counts.waiting(queue),
    }
  }

  /** Records that hold the key no more are taken out of the index by the way. */
  #holderOf({ plan, task, unique, createdAt }: Tasklet): Tasklet | undefined {
    if (unique === undefined) return undefined
    const { names, rows } = this.#ledger
    let newest: Tasklet | undefined
    for (const cells of readAll(this.#holders, names.taskIdOf(plan, task), unique.key)) {
      const tasklet = rows.toTasklet(cells)
      if (!holdsKey(tasklet, createdAt)) this.#letGo.run(tasklet.sequence)
      else newest ??= tasklet
    }
    return newest
  }

  #add(tasklet: Tasklet): void {
    try {
      this.#ledger.add(tasklet)
    } catch (error) {
      throw isDuplicate(error) ? duplicateId(tasklet.id) : error
    }
  }
}

function isPlain({ idempotencyKey, unique, replayOf }: Tasklet): boolean {
  return idempotencyKey === undefined && unique === undefined && replayOf === undefined
}
