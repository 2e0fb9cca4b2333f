import { DatabaseSync } from 'node:sqlite'

export interface Item {
  readonly id: number
  readonly name: string
  /** ISO 8601. */
  readonly createdAt: string
}

/** The service's data: durable when a call returns. */
export class Items {
  readonly #db: DatabaseSync

  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    this.#db.exec(`CREATE TABLE IF NOT EXISTS items (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL
    ) STRICT`)
  }

  add(name: string): Item {
    const createdAt = new Date().toISOString()
    const insert = this.#db.prepare('INSERT INTO items (name, created_at) VALUES (?, ?)')
    const { lastInsertRowid } = insert.run(name, createdAt)
    return { id: Number(lastInsertRowid), name, createdAt }
  }

  get(id: number): Item | undefined {
    const select = 'SELECT id, name, created_at AS createdAt FROM items WHERE id = ?'
    return this.#db.prepare(select).get(id) as Item | undefined
  }

  /** Newest first. */
  list(limit: number): readonly Item[] {
    const select = 'SELECT id, name, created_at AS createdAt FROM items ORDER BY id DESC LIMIT ?'
    return this.#db.prepare(select).all(limit) as unknown as Item[]
  }

  count(): number {
    return Number(this.#db.prepare('SELECT count(*) AS total FROM items').get()?.['total'])
  }

  close(): void {
    this.#db.close()
  }
}
