import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type SearchWord, searchText } from '../search.ts'
import { prepareRead, readAll } from './columns.ts'
import type { Rows } from './rows.ts'

/**
 * The words of records for full-text search, filled after the fact: submissions and settlements pay
 * nothing. All up to the sequence `through` are indexed, but for those in `unindexed`, which have
 * changed since.
 */
export class SearchIndex {
  readonly #readThrough: StatementSync
  readonly #writeThrough: StatementSync
  readonly #mark: StatementSync
  readonly #unmark: StatementSync
  readonly #remove: StatementSync
  readonly #add: StatementSync
  readonly #changed: StatementSync
  readonly #next: StatementSync
  #through: number | undefined

  constructor(db: DatabaseSync) {
    this.#readThrough = db.prepare('SELECT through FROM indexing')
    this.#writeThrough = db.prepare('UPDATE indexing SET through = ?')
    this.#mark = db.prepare('INSERT OR IGNORE INTO unindexed VALUES (?)')
    this.#unmark = db.prepare('DELETE FROM unindexed WHERE sequence = ?')
    this.#remove = db.prepare('DELETE FROM texts WHERE rowid = ?')
    this.#add = db.prepare('INSERT INTO texts (rowid, words) VALUES (?, ?)')
    this.#changed = prepareRead(db, 'WHERE sequence IN (SELECT sequence FROM unindexed LIMIT ?)')
    this.#next = prepareRead(db, 'WHERE sequence > ? ORDER BY sequence LIMIT ?')
  }

  /** The searched text of the record has changed: inside a transaction only. */
  mark(sequence: number): void {
    if (sequence <= this.#indexedThrough()) this.#mark.run(sequence)
  }

  /** Before the record is deleted. */
  drop(sequence: number): void {
    if (sequence > this.#indexedThrough()) return
    this.#remove.run(sequence)
    this.#unmark.run(sequence)
  }

  /** Whether every record is indexed as it is now. */
  isComplete(rows: Rows): boolean {
    return this.#pending(rows, 1).length === 0
  }

  /** Indexes up to `limit` records, inside a transaction; true when there may be more. */
  catchUp(rows: Rows, limit: number): boolean {
    const pending = this.#pending(rows, limit)
    for (const tasklet of pending) {
      this.#remove.run(tasklet.sequence)
      this.#unmark.run(tasklet.sequence)
      this.#add.run(tasklet.sequence, plain(searchText(tasklet)))
    }
    const through = pending.reduce((last, { sequence }) => Math.max(last, sequence), 0)
    if (through > this.#indexedThrough()) {
      this.#writeThrough.run(through)
      this.#through = through
    }
    return pending.length === limit
  }

  forget(): void {
    this.#through = undefined
  }

  #pending(rows: Rows, limit: number) {
    const changed = readAll(this.#changed, limit)
    const next = readAll(this.#next, this.#indexedThrough(), limit - changed.length)
    return [...changed, ...next].map((cells) => rows.toTasklet(cells))
  }

  #indexedThrough(): number {
    this.#through ??= Number(this.#readThrough.get()?.['through'] ?? 0)
    return this.#through
  }
}

/** What FTS5 is asked for; undefined when there is no word to look for. */
export function toMatch(search: readonly SearchWord[]): string | undefined {
  if (search.length === 0) return undefined
  return search.map(({ word, isPrefix }) => `"${word}"${isPrefix ? '*' : ''}`).join(' AND ')
}

/** Accents go here, as they do from the words that are searched for. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '')
}
