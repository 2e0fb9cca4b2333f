import { searchText, toSearch } from '../search.ts'
import { STATUS_CODES } from './codes.ts'
import type { Dialect } from './dialect.ts'
import { inParts, toList } from './lists.ts'
import { lockQueue } from './queue-orders.ts'
import { RECORD, type Row, toRow } from './rows.ts'
import type { SqlRow, SqlSession } from './session.ts'

const NEXT = `SELECT sequence, queue, status FROM tasklets WHERE indexed = 0
  ORDER BY sequence LIMIT ?`

/** As many characters of a word as the index holds. */
const LONGEST = 255
/** Words in one statement. */
const PART = 2000

/**
 * The words of records for full-text search, filled after the fact: submissions and settlements pay
 * nothing. A record whose words are there as they are now has `indexed` 1.
 */
export class SearchIndex {
  readonly #add: string
  readonly #lock: string
  readonly #lockFree: string

  constructor(dialect: Dialect) {
    this.#add = `INSERT INTO words (word, sequence) SELECT given.word, given.sequence
      FROM ${dialect.given({ word: 'name', sequence: 'bigint' })}`
    const rows = `SELECT ${RECORD} FROM tasklets WHERE indexed = 0 AND sequence IN
      (SELECT given.sequence FROM ${dialect.given({ sequence: 'bigint' })}) ORDER BY sequence`
    this.#lock = `${rows} FOR UPDATE`
    this.#lockFree = `${rows} ${dialect.skipLocked}`
  }

  /** Whether every record is indexed as it is now. */
  async isComplete(session: SqlSession): Promise<boolean> {
    return (await session.all(NEXT, [1])).length === 0
  }

  /** Indexes up to `limit` records, inside a transaction; true when there may be more. */
  async catchUp(session: SqlSession, limit: number): Promise<boolean> {
    const next = await session.all(NEXT, [limit])
    const pending = next.filter(isPending).map(({ queue }) => String(queue))
    const isWhole = await this.#index(session, next, this.#lock, new Set(pending.sort()))
    return next.length === limit || !isWhole
  }

  /** As `catchUp`, but leaves out what is pending or locked: it keeps no claim waiting, and waits for none. */
  async catchUpAside(session: SqlSession, limit: number): Promise<void> {
    const next = await session.all(NEXT, [limit])
    const aside = next.filter((row) => !isPending(row))
    await this.#index(session, aside, this.#lockFree, new Set())
  }

  /** A claim passes over rows that are locked, so pending ones are locked through their queues. */
  async #index(
    session: SqlSession,
    next: readonly SqlRow[],
    lock: string,
    queues: ReadonlySet<string>,
  ): Promise<boolean> {
    if (next.length === 0) return true
    for (const queue of queues) await lockQueue(session, queue)
    const given = JSON.stringify(next.map(({ sequence }) => ({ sequence })))
    const rows = (await session.all(lock, [given])).map(toRow)
    // One that has become pending meanwhile is left for the next time.
    const free = rows.filter(
      ({ tasklet: { status, queue } }) => status !== 'pending' || queues.has(queue),
    )
    this.#write(session, free)
    return free.length === rows.length
  }

  #write(session: SqlSession, rows: readonly Row[]): void {
    if (rows.length === 0) return
    const { sql, values } = toList(rows.map(({ tasklet }) => tasklet.sequence))
    session.later(`DELETE FROM words WHERE sequence IN ${sql}`, values)
    for (const part of inParts(rows.flatMap(toWords), PART)) {
      session.later(this.#add, [JSON.stringify(part)])
    }
    session.later(`UPDATE tasklets SET indexed = 1 WHERE sequence IN ${sql}`, values)
  }
}

function isPending({ status }: SqlRow): boolean {
  return status === STATUS_CODES.pending
}

/** Of a long word the index holds the beginning. */
export function toIndexed(word: string): string {
  return word.length <= LONGEST ? word : [...word].slice(0, LONGEST).join('')
}

function toWords({
  tasklet,
}: Row): readonly { readonly word: string; readonly sequence: number }[] {
  const words = new Set(toSearch(searchText(tasklet)).map(({ word }) => toIndexed(word)))
  return [...words].map((word) => ({ word, sequence: tasklet.sequence }))
}
