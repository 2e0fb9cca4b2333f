import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'

/** NULL for undefined, JSON text, or the number of the row in `payloads` that holds the text. */
export type Cell = null | string | number

/** Longer texts stand apart, so that the pages that every claim and settlement rewrites stay full. */
const LONGEST_INLINE = 1024

/** Reads and writes JSON values in cells. */
export class Payloads {
  readonly #insert: StatementSync
  readonly #read: StatementSync
  readonly #delete: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT INTO payloads (value) VALUES (?)')
    this.#read = db.prepare('SELECT value FROM payloads WHERE id = ?')
    this.#delete = db.prepare('DELETE FROM payloads WHERE id = ?')
  }

  /** The value must be one that JSON can hold, or undefined. */
  write(value: unknown): Cell {
    if (value === undefined) return null
    const text = JSON.stringify(value)
    if (text.length <= LONGEST_INLINE) return text
    return Number(this.#insert.run(text).lastInsertRowid)
  }

  /** The cell for a value that takes the place of what `previous` holds. */
  rewrite(previous: SQLOutputValue | undefined, value: unknown): Cell {
    if (typeof previous === 'number') this.#delete.run(previous)
    return this.write(value)
  }

  read(cell: SQLOutputValue | undefined): unknown {
    if (cell === null || cell === undefined) return undefined
    const text = typeof cell === 'string' ? cell : this.#read.get(cell)?.value
    return JSON.parse(String(text))
  }
}
