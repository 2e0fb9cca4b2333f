import type { Tallies } from '../tallies.ts'
import { type Note, tally } from './notes.ts'
import type { Row } from './rows.ts'

/** Slots of counters that the transactions of one process choose from. */
const OWN_SLOTS = 4
const SLOTS = 32

/** What a committed transaction has done. */
interface Done {
  readonly notes: readonly Note[]
  /** Records as they were leased. */
  readonly leased: readonly Row[]
}

/** What a store object knows across its transactions. It changes only when they are committed. */
export class Remembered {
  /**
   * The running records as this process leased them, so that a settlement need not read them. Others
   * may have changed them since: whoever writes by one checks that it still stands.
   */
  readonly leased = new Map<string, Row>()
  /** Queues that have a row; nothing takes it away. */
  readonly queues = new Set<string>()
  readonly #firstSlot = Math.floor(Math.random() * (SLOTS / OWN_SLOTS)) * OWN_SLOTS
  readonly #slots = new Set<number>()
  readonly #tallies: () => Tallies

  constructor(tallies: () => Tallies) {
    this.#tallies = tallies
  }

  /**
   * Transactions that count in the same rows wait for each other until their commit, so those of one
   * process count in different ones.
   */
  takeSlot(): number {
    let slot = this.#firstSlot
    while (this.#slots.has(slot) && slot < this.#firstSlot + OWN_SLOTS - 1) slot += 1
    this.#slots.add(slot)
    return slot
  }

  freeSlot(slot: number): void {
    this.#slots.delete(slot)
  }

  /** The lease has ended. */
  forget({ id, token }: { readonly id: string; readonly token: number }): void {
    if (this.leased.get(id)?.tasklet.deliveries === token) this.leased.delete(id)
  }

  /** The transaction that did all this is committed. */
  committed({ notes, leased }: Done): void {
    const tallies = this.#tallies()
    for (const note of notes) {
      tally(tallies, note)
      if (note.deed === 'inserted') this.queues.add(note.next.queue)
      else if (note.deed !== 'started') this.leased.delete(note.next.id)
    }
    for (const row of leased) this.leased.set(row.tasklet.id, row)
  }
}
