import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Tasklet } from '../../core/tasklet.ts'
import type { OutboxEntry, OutboxKind, OutboxRequest } from '../../ports/outbox.ts'
import { toEntries } from '../outbox.ts'
import { STATUS_CODES, toStatus } from './columns.ts'

/** Their places are stored. Only ever add to its end. */
const KINDS: readonly OutboxKind[] = ['ready', 'status']

const NOTE = `INSERT INTO outbox
  (kind, id, plan, task, queue, priority, from_status, to_status, deliveries, at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const TAKE = `SELECT * FROM outbox
  WHERE kind = ? AND (taken_until IS NULL OR taken_until <= ? OR taken_by = ?)
  ORDER BY entry LIMIT ?`

/** What of the changes of one store object is noted. */
export interface Noting {
  readonly kinds: ReadonlySet<OutboxKind>
  /** After the commit of something that was noted. */
  onNoted(): void
}

/** What happened and has not been told yet. What writes belongs inside a transaction. */
export class Outbox {
  readonly #note: StatementSync
  readonly #take: StatementSync
  readonly #mark: StatementSync
  readonly #clear: StatementSync
  readonly #noting: Noting
  #hasNoted = false

  constructor(db: DatabaseSync, noting: Noting) {
    this.#noting = noting
    this.#note = db.prepare(NOTE)
    this.#take = db.prepare(TAKE)
    this.#mark = db.prepare(`UPDATE outbox SET taken_by = ?, taken_until = ?
      WHERE entry IN (SELECT value FROM json_each(?))`)
    this.#clear = db.prepare('DELETE FROM outbox WHERE entry IN (SELECT value FROM json_each(?))')
  }

  get isNoting(): boolean {
    return this.#noting.kinds.size > 0
  }

  note(previous: Tasklet | undefined, next: Tasklet, at: number): void {
    for (const entry of toEntries(this.#noting.kinds, previous, next, at)) {
      this.#note.run(
        KINDS.indexOf(entry.kind),
        entry.id,
        entry.plan,
        entry.task,
        entry.queue,
        entry.priority,
        entry.from === undefined ? null : STATUS_CODES[entry.from],
        STATUS_CODES[entry.to],
        entry.deliveries,
        entry.at,
      )
      this.#hasNoted = true
    }
  }

  /** What was noted is on disk. */
  committed(): void {
    if (!this.#hasNoted) return
    this.#hasNoted = false
    this.#noting.onNoted()
  }

  /** What was noted has been undone. */
  forget(): void {
    this.#hasNoted = false
  }

  take({ kind, owner, limit, now, until }: OutboxRequest): readonly OutboxEntry[] {
    const entries = this.#take.all(KINDS.indexOf(kind), now, owner, limit).map(toEntry)
    const numbers = JSON.stringify(entries.map(({ entry }) => entry))
    if (entries.length > 0) this.#mark.run(owner, until, numbers)
    return entries
  }

  clear(entries: readonly number[]): void {
    this.#clear.run(JSON.stringify(entries))
  }
}

function toEntry(row: Record<string, SQLOutputValue>): OutboxEntry {
  const from = row['from_status']
  return {
    entry: Number(row['entry']),
    kind: KINDS[Number(row['kind'])] as OutboxKind,
    id: String(row['id']),
    plan: String(row['plan']),
    task: String(row['task']),
    queue: String(row['queue']),
    priority: Number(row['priority']),
    from: from === null ? undefined : toStatus(from),
    to: toStatus(row['to_status']),
    deliveries: Number(row['deliveries']),
    at: Number(row['at']),
  }
}
