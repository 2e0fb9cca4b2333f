import { StoreError } from '../../core/errors.ts'
import type { Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { STATUS_CODES } from './codes.ts'
import type { Deed, Note } from './notes.ts'
import type { Outbox } from './outbox.ts'
import type { Records } from './records.ts'
import type { Remembered } from './remembered.ts'
import type { Row } from './rows.ts'
import type { SqlSession } from './session.ts'
import type { Writing } from './writing.ts'
import { toChangedCells, toNewCells } from './written-rows.ts'

export interface Changed {
  readonly row: Row
  readonly next: Tasklet
  /** Lost deliveries from now on; 0 when it is left out. */
  readonly lost?: number
}

interface LedgerParts {
  readonly session: SqlSession
  readonly records: Records
  readonly writing: Writing
  readonly outbox: Outbox
  readonly remembered: Remembered
}

/**
 * One transaction, and what has to be kept in step with the records that it changes: counters,
 * outbox and tallies. Every change of a status goes through here.
 */
export class Ledger {
  readonly session: SqlSession
  readonly records: Records
  readonly remembered: Remembered
  readonly notes: Note[] = []
  /** Records as they were leased. */
  readonly leased: Row[] = []
  readonly #writing: Writing
  readonly #outbox: Outbox
  /** By queue and status. */
  readonly #shifts = new Map<string, Map<Status, number>>()

  constructor({ session, records, writing, outbox, remembered }: LedgerParts) {
    this.session = session
    this.records = records
    this.remembered = remembered
    this.#writing = writing
    this.#outbox = outbox
  }

  /** Counters, outbox and tallies follow at the end of the transaction. */
  note(deed: Deed, previous: Tasklet | undefined, next: Tasklet, now: number): void {
    if (previous?.queue !== next.queue || previous.status !== next.status) {
      if (previous !== undefined) this.shift(previous.queue, previous.status, -1)
      this.shift(next.queue, next.status, 1)
    }
    this.notes.push({ deed, previous, next, now })
  }

  /** So many more of a status; `note` has done it for what it was told. */
  shift(queue: string, status: Status, by: number): void {
    let shifts = this.#shifts.get(queue)
    if (shifts === undefined) {
      shifts = new Map()
      this.#shifts.set(queue, shifts)
    }
    shifts.set(status, (shifts.get(status) ?? 0) + by)
  }

  /** Stores new records under their sequences; `awaited` are ids that others of them wait for. */
  add(created: readonly Tasklet[], awaited: ReadonlySet<string>): void {
    if (created.length === 0) return
    const cells = created.map((tasklet) => toNewCells(tasklet, awaited.has(tasklet.id)))
    this.#writing.insert(this.session, cells)
    for (const tasklet of created) this.note('inserted', undefined, tasklet, tasklet.createdAt)
  }

  /** Writes records in the place of what was read under a lock. */
  async change(deed: Deed, changed: readonly Changed[], now?: number): Promise<void> {
    if (changed.length === 0) return
    const cells = changed.map(({ row, next, lost = 0 }) => toChangedCells(row.tasklet, next, lost))
    const found = await this.#writing.change(this.session, cells)
    if (found !== changed.length) {
      throw new StoreError('failed', 'a tasklet changed while it was locked by this transaction')
    }
    this.#noteAll(deed, changed, now)
  }

  /**
   * Writes settlements by what this process remembers of the records. False: some of them do not
   * stand as they did, or others wait for them; then the transaction has to be given up.
   */
  async settle(changed: readonly Changed[]): Promise<boolean> {
    const cells = changed.map(({ row, next }) => toChangedCells(row.tasklet, next, 0))
    // In one order, so that no two transactions wait for each other.
    cells.sort((one, other) => Number(one.sequence) - Number(other.sequence))
    const found = await this.#writing.settle(this.session, cells)
    if (found !== changed.length) return false
    this.#noteAll('settled', changed)
    return true
  }

  /** Before the commit. */
  async flush(slot: number): Promise<void> {
    const rows = [...this.#shifts].flatMap(([queue, shifts]) =>
      [...shifts]
        .filter(([, amount]) => amount !== 0)
        .map(([status, amount]) => ({ queue, status: STATUS_CODES[status], slot, amount })),
    )
    // In one order, so that no two transactions wait for each other.
    rows.sort((one, other) =>
      one.queue === other.queue ? one.status - other.status : compare(one.queue, other.queue),
    )
    this.#writing.count(this.session, rows)
    await this.#outbox.note(this.session, this.notes)
  }

  #noteAll(deed: Deed, changed: readonly Changed[], now?: number): void {
    for (const { row, next } of changed) this.note(deed, row.tasklet, next, now ?? next.updatedAt)
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1
}
