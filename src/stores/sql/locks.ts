import type { Dialect } from './dialect.ts'
import { toList } from './lists.ts'
import type { SqlSession } from './session.ts'

/**
 * Names that one transaction has at a time: it inserts them, so that others that insert the same
 * wait for its end, and deletes them before that. Nothing of them is ever committed.
 */
export class Locks {
  readonly #take: string

  constructor(dialect: Dialect) {
    const names = dialect.given({ name: 'name' })
    const insert = `INSERT INTO locks (name) SELECT given.name FROM ${names}`
    this.#take = dialect.upsert(insert, ['name'], {})
  }

  async take(session: SqlSession, names: readonly string[]): Promise<void> {
    // In one order, so that no two transactions wait for each other.
    if (names.length > 0) await session.run(this.#take, [toGiven(names.toSorted())])
  }

  async drop(session: SqlSession, names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    const { sql, values } = toList(names)
    await session.run(`DELETE FROM locks WHERE name IN ${sql}`, values)
  }
}

function toGiven(names: readonly string[]): string {
  return JSON.stringify(names.map((name) => ({ name })))
}
