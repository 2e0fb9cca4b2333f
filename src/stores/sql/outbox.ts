import type { OutboxEntry, OutboxKind, OutboxRequest } from '../../ports/outbox.ts'
import { type NewEntry, toEntries } from '../outbox.ts'
import { STATUS_CODES, toStatus } from './codes.ts'
import type { Dialect, GivenColumns } from './dialect.ts'
import { inParts, toList } from './lists.ts'
import type { Note } from './notes.ts'
import type { SqlParameter, SqlRow, SqlSession } from './session.ts'

const NEW = {
  kind: 'name',
  id: 'name',
  plan: 'name',
  task: 'name',
  queue: 'name',
  priority: 'bigint',
  from_status: 'bigint',
  to_status: 'bigint',
  deliveries: 'bigint',
  at: 'double',
} as const satisfies GivenColumns

const COLUMNS = Object.keys(NEW)

/** Of one kind by their numbers, those that are free or taken by the same owner before. */
const FREE = `SELECT entry, ${COLUMNS.join(', ')} FROM outbox
  WHERE kind = ? AND (owner IS NULL OR owner = ? OR taken_until <= ?) ORDER BY entry LIMIT ?`

/** Entries in one statement. */
const PART = 512

/** What happened and has not been told yet, oldest first. */
export class Outbox {
  readonly #insert: string
  readonly #take: string
  readonly #kinds = new Set<OutboxKind>()
  readonly #onNoted: () => void

  /** `onNoted` is called after something was noted, once a transaction. */
  constructor(dialect: Dialect, onNoted: () => void) {
    this.#onNoted = onNoted
    const given = dialect.given({ place: 'bigint', ...NEW })
    this.#insert = `INSERT INTO outbox (${COLUMNS.join(', ')}, taken_until)
      SELECT ${COLUMNS.map((column) => `given.${column}`).join(', ')}, 0 FROM ${given}
      ORDER BY given.place`
    this.#take = `${FREE} ${dialect.skipLocked}`
  }

  /** Notes these kinds too from now on. */
  noteKinds(kinds: readonly OutboxKind[]): void {
    for (const kind of kinds) this.#kinds.add(kind)
  }

  /** In the transaction that changes the records. */
  async note(session: SqlSession, notes: readonly Note[]): Promise<void> {
    for (const part of inParts(this.#entriesOf(notes), PART)) {
      session.later(this.#insert, [JSON.stringify(part.map(toCells))])
    }
  }

  /** The transaction that noted this is committed. */
  committed(notes: readonly Note[]): void {
    if (this.#entriesOf(notes).length > 0) this.#onNoted()
  }

  /** Something may have been noted by a transaction whose end is unknown. */
  doubted(): void {
    if (this.#kinds.size > 0) this.#onNoted()
  }

  /** Inside a transaction only. */
  async take(
    session: SqlSession,
    { kind, owner, limit, now, until }: OutboxRequest,
  ): Promise<readonly OutboxEntry[]> {
    const taken = (await session.all(this.#take, [kind, owner, now, limit])).map(toEntry)
    for (const part of inParts(taken, PART)) {
      const { sql, values } = toList(part.map(({ entry }) => entry))
      await session.run(`UPDATE outbox SET owner = ?, taken_until = ? WHERE entry IN ${sql}`, [
        owner,
        until,
        ...values,
      ])
    }
    return taken
  }

  async clear(session: SqlSession, entries: readonly number[]): Promise<void> {
    for (const part of inParts(entries, PART)) {
      const { sql, values } = toList(part)
      await session.run(`DELETE FROM outbox WHERE entry IN ${sql}`, values)
    }
  }

  #entriesOf(notes: readonly Note[]): readonly NewEntry[] {
    if (this.#kinds.size === 0) return []
    return notes.flatMap(({ previous, next }) => {
      const at = previous === undefined ? next.createdAt : next.updatedAt
      return toEntries(this.#kinds, previous, next, at)
    })
  }
}

type Cells = Readonly<Record<keyof typeof NEW | 'place', SqlParameter | undefined>>

function toCells({ from, to, ...entry }: NewEntry, place: number): Cells {
  const codes = { from_status: from && STATUS_CODES[from], to_status: STATUS_CODES[to] }
  return { place, ...entry, ...codes }
}

function toEntry(row: SqlRow): OutboxEntry {
  return {
    entry: Number(row['entry']),
    // Written by this class alone, so it is one of them.
    kind: String(row['kind']) as OutboxKind,
    id: String(row['id']),
    plan: String(row['plan']),
    task: String(row['task']),
    queue: String(row['queue']),
    priority: Number(row['priority']),
    from: row['from_status'] === null ? undefined : toStatus(row['from_status']),
    to: toStatus(row['to_status']),
    deliveries: Number(row['deliveries']),
    at: Number(row['at']),
  }
}
