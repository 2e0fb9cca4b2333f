import type { SqlSession } from '../sql/session.ts'

/** So many sequences come with one number of the server's, so a batch costs it a few rows at most. */
const BLOCK = 128

/**
 * Growing numbers, from an AUTO_INCREMENT that is used and rolled back: that is not undone, waits
 * for nobody, and writes no log to disk. It holds across restarts. A replica that takes over has
 * never seen it, so after a new connection it is held against what is stored.
 */
export class Numbers {
  readonly #step: number
  #isChecked = false

  /** `step`: by how much AUTO_INCREMENT grows. */
  constructor(step: number) {
    this.#step = step
  }

  /** There is a connection that may lead to another server. */
  doubt(): void {
    this.#isChecked = false
  }

  async take(count: number, session: SqlSession): Promise<readonly number[]> {
    const first = await this.#reserve(Math.ceil(count / BLOCK), session)
    return Array.from({ length: count }, (_, place) => {
      const block = first + Math.floor(place / BLOCK) * this.#step
      return block * BLOCK + (place % BLOCK)
    })
  }

  /** In a transaction that will be rolled back. */
  async #reserve(blocks: number, session: SqlSession): Promise<number> {
    const first = await insert(blocks, session)
    if (this.#isChecked) return first
    const [row] = await session.all('SELECT max(sequence) AS top FROM tasklets')
    this.#isChecked = true
    const top = Math.floor(Number(row?.top ?? 0) / BLOCK)
    if (first > top) return first
    await session.run('INSERT INTO numbers VALUES (?)', [top])
    return insert(blocks, session)
  }
}

/** Rows of one statement get numbers that follow each other. */
async function insert(rows: number, session: SqlSession): Promise<number> {
  const places = Array.from({ length: rows }, () => '(DEFAULT)')
  await session.run(`INSERT INTO numbers VALUES ${places.join(', ')}`)
  const [row] = await session.all('SELECT last_insert_id() AS first')
  return Number(row?.first)
}
