import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Tally } from '../../ports/store-messages.ts'
import { KEPT, MINUTE, parseCounted, sumOf } from '../tallies.ts'
import type { Names } from './names.ts'

/** The tallies of all processes, one row for each queue and minute. */
export class TallyRows {
  readonly #names: Names
  readonly #read: StatementSync
  readonly #write: StatementSync
  readonly #since: StatementSync
  readonly #drop: StatementSync
  #latest = 0

  constructor(db: DatabaseSync, names: Names) {
    this.#names = names
    this.#read = db.prepare('SELECT tally FROM tallies WHERE minute = ? AND queue = ?')
    this.#write = db.prepare('INSERT OR REPLACE INTO tallies VALUES (?, ?, ?)')
    this.#since = db.prepare(`SELECT minute, name, tally FROM tallies JOIN names ON id = queue
      WHERE minute > ? ORDER BY minute, name`)
    this.#drop = db.prepare('DELETE FROM tallies WHERE minute <= ?')
  }

  /** Adds what one commit did. */
  add(tallies: readonly Tally[]): void {
    for (const { queue, minute, ...counted } of tallies) {
      const id = this.#names.idOf(queue)
      const before = this.#read.get(minute, id)
      const sum = before === undefined ? counted : sumOf(parseCounted(before['tally']), counted)
      this.#write.run(minute, id, JSON.stringify(sum))
      if (minute > this.#latest) {
        this.#latest = minute
        this.#drop.run(minute - KEPT)
      }
    }
  }

  /** Those of the minute that holds the given time, and of later ones; earliest first. */
  since(time: number): readonly Tally[] {
    return this.#since.all(time - MINUTE).map(({ minute, name, tally }) => ({
      queue: String(name),
      minute: Number(minute),
      ...parseCounted(tally),
    }))
  }
}
