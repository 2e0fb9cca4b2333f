import type { Tally } from '../../ports/store-messages.ts'
import { KEPT, MINUTE, parseCounted, sumOf, Tallies } from '../tallies.ts'
import { hashOf } from './codes.ts'
import type { Dialect } from './dialect.ts'
import { inParts } from './lists.ts'
import type { SqlSession } from './session.ts'

const SINCE = 'SELECT minute, queue, tally FROM tallies WHERE minute > ?'
const DROP = 'DELETE FROM tallies WHERE minute <= ?'

/** Rows in one statement. */
const PART = 256

/**
 * The tallies of all processes. Each adds up its own and writes them over its own rows, one for each
 * queue and minute, so nobody waits for anybody; what a process that dies has not yet written is
 * missing in them.
 */
export class TallyRows {
  readonly #writer = hashOf(crypto.randomUUID())
  readonly #write: string
  /** What was counted since the last time it was written. */
  #counting = new Tallies()
  /** All of this process, by minute and queue, and those of them that are not written yet. */
  readonly #own = new Map<string, Tally>()
  readonly #unwritten = new Set<string>()
  #latest = 0

  constructor(dialect: Dialect) {
    const columns = { minute: 'bigint', queue: 'name', writer: 'hash', tally: 'text' } as const
    this.#write = dialect.upsert(
      `INSERT INTO tallies (minute, queue, writer, tally)
        SELECT given.minute, given.queue, given.writer, given.tally FROM ${dialect.given(columns)}`,
      ['minute', 'queue', 'writer'],
      { tally: dialect.incoming('tally') },
    )
  }

  /** Where what is committed is counted. */
  get counting(): Tallies {
    return this.#counting
  }

  /** Whether there is nothing to write. */
  get isWritten(): boolean {
    this.#collect()
    return this.#unwritten.size === 0
  }

  /** Writes what has changed since the last time; what fails is written by the next call. */
  async flush(session: SqlSession): Promise<void> {
    this.#collect()
    const unwritten = [...this.#unwritten]
    this.#unwritten.clear()
    try {
      for (const part of inParts(unwritten, PART)) await this.#writePart(session, part)
      await this.#dropOld(session)
    } catch (error) {
      for (const key of unwritten) this.#unwritten.add(key)
      throw error
    }
  }

  /** Those of the minute that holds the given time, and of later ones; earliest first. */
  async since(session: SqlSession, time: number): Promise<readonly Tally[]> {
    const sums = new Map<string, Tally>()
    for (const row of await session.all(SINCE, [time - MINUTE])) {
      const at = { queue: String(row['queue']), minute: Number(row['minute']) }
      const one = parseCounted(row['tally'])
      const before = sums.get(keyOf(at))
      sums.set(keyOf(at), { ...at, ...(before === undefined ? one : sumOf(before, one)) })
    }
    return [...sums.values()].sort(
      (one, other) => one.minute - other.minute || (one.queue < other.queue ? -1 : 1),
    )
  }

  #collect(): void {
    const counted = this.#counting.since(Number.NEGATIVE_INFINITY)
    this.#counting = new Tallies()
    for (const tally of counted) {
      const key = keyOf(tally)
      const before = this.#own.get(key)
      this.#own.set(key, before === undefined ? tally : { ...tally, ...sumOf(before, tally) })
      this.#unwritten.add(key)
    }
  }

  async #writePart(session: SqlSession, keys: readonly string[]): Promise<void> {
    const rows = keys.flatMap((key) => {
      const tally = this.#own.get(key)
      if (tally === undefined) return []
      const { minute, queue, ...counted } = tally
      return { minute, queue, writer: this.#writer, tally: JSON.stringify(counted) }
    })
    if (rows.length > 0) await session.run(this.#write, [JSON.stringify(rows)])
  }

  async #dropOld(session: SqlSession): Promise<void> {
    const latest = [...this.#own.values()].reduce((last, { minute }) => Math.max(last, minute), 0)
    if (latest <= this.#latest) return
    await session.run(DROP, [latest - KEPT])
    this.#latest = latest
    for (const [key, { minute }] of this.#own) if (minute <= latest - KEPT) this.#own.delete(key)
  }
}

function keyOf({ minute, queue }: Pick<Tally, 'minute' | 'queue'>): string {
  return `${minute} ${queue}`
}
