import { Claims } from './claims.ts'
import { Counts } from './counts.ts'
import { DueTimes } from './due-times.ts'
import { Endings } from './endings.ts'
import { Facts } from './facts.ts'
import { Holds } from './holds.ts'
import { Inserts } from './inserts.ts'
import { Ledger } from './ledger.ts'
import { Listing } from './listing.ts'
import { Outbox } from './outbox.ts'
import { QueueOrders } from './queue-orders.ts'
import { Records } from './records.ts'
import { Releases } from './releases.ts'
import { Remembered } from './remembered.ts'
import { Retention } from './retention.ts'
import { SearchIndex } from './search-index.ts'
import { isUnavailable, type SqlConnections, type SqlSession } from './session.ts'
import { Settlements } from './settlements.ts'
import { Steps } from './steps.ts'
import { TallyRows } from './tally-rows.ts'
import { Writing } from './writing.ts'

/** Records indexed for search in one commit before a listing by text. */
const INDEXED_AT_ONCE = 500
/** Milliseconds between two writings of tallies. */
const TALLY_INTERVAL = 1000

/** Whether others hear of a transaction: in any case, if it changed records, or not at all. */
export type Telling = 'told' | 'changes' | 'untold'

/** The operations of the port on an open database. */
export class Operations {
  readonly records: Records
  readonly inserts: Inserts
  readonly claims: Claims
  readonly settlements: Settlements
  readonly endings: Endings
  readonly dueTimes: DueTimes
  readonly listing: Listing
  readonly search: SearchIndex
  readonly orders: QueueOrders
  readonly counts: Counts
  readonly tallies: TallyRows
  readonly retention: Retention
  readonly steps: Steps
  readonly facts: Facts
  readonly holds: Holds
  readonly outbox: Outbox
  readonly remembered: Remembered
  readonly #connections: SqlConnections
  readonly #timer: NodeJS.Timeout
  readonly #running = new Set<Promise<unknown>>()
  readonly #writing: Writing

  /** `onNoted` is called after something was noted in the outbox. */
  constructor(connections: SqlConnections, onNoted: () => void) {
    const { dialect } = connections
    this.#connections = connections
    this.#writing = new Writing(dialect)
    this.records = new Records(dialect)
    this.counts = new Counts()
    this.tallies = new TallyRows(dialect)
    this.outbox = new Outbox(dialect, onNoted)
    this.remembered = new Remembered(() => this.tallies.counting)
    const releases = new Releases(dialect)
    const { records } = this
    this.inserts = new Inserts({
      connections,
      records,
      writing: this.#writing,
      counts: this.counts,
      write: (work) => this.write(work),
    })
    this.claims = new Claims(dialect, records, (work) => this.write(work, 'untold'))
    this.settlements = new Settlements(releases, this.remembered, (work) => this.write(work))
    this.endings = new Endings(dialect, releases)
    this.dueTimes = new DueTimes(releases)
    this.listing = new Listing()
    this.search = new SearchIndex(dialect)
    this.orders = new QueueOrders(dialect)
    this.retention = new Retention(dialect)
    this.steps = new Steps(dialect)
    this.facts = new Facts(dialect)
    this.holds = new Holds(connections)
    // What cannot be written stays counted in memory, for the next time.
    this.#timer = setInterval(() => void this.writeTallies().catch(ignore), TALLY_INTERVAL)
    this.#timer.unref()
  }

  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    return this.#connections.read(work)
  }

  /** In one transaction. Others hear of it unless it is none of their business. */
  write<T>(work: (ledger: Ledger) => Promise<T>, telling: Telling = 'told'): Promise<T> {
    const written = this.#transact(work, telling)
    const done: Promise<unknown> = written
      .then(ignore, ignore)
      .then(() => this.#running.delete(done))
    this.#running.add(done)
    return written
  }

  /** Does what was asked for, writes what was counted, and lets go of everything. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      await Promise.all([this.inserts.finish(), this.claims.finish(), this.settlements.finish()])
      await Promise.all(this.#running)
      await this.writeTallies()
    } finally {
      await this.#connections.close()
    }
  }

  /** Makes the search index complete, a commit at a time. */
  async completeIndex(): Promise<void> {
    if (await this.read((session) => this.search.isComplete(session))) return
    const step = ({ session }: Ledger) => this.search.catchUp(session, INDEXED_AT_ONCE)
    while (await this.write(step, 'untold'));
  }

  async writeTallies(): Promise<void> {
    if (this.tallies.isWritten) return
    return this.#connections.write((session) => this.tallies.flush(session))
  }

  /** It may have been committed, and only the answer was lost. */
  #doubt(): void {
    this.#connections.doubted()
    this.outbox.doubted()
  }

  async #transact<T>(work: (ledger: Ledger) => Promise<T>, telling: Telling): Promise<T> {
    const { remembered } = this
    const slot = remembered.takeSlot()
    try {
      const { ledger, result } = await this.#connections.write(async (session) => {
        const ledger = new Ledger({
          session,
          records: this.records,
          writing: this.#writing,
          outbox: this.outbox,
          remembered,
        })
        const result = await work(ledger)
        await ledger.flush(slot)
        return { ledger, result }
      })
      remembered.committed(ledger)
      this.outbox.committed(ledger.notes)
      // Whoever hears of it looks, and tells of that in turn: so nothing is told of nothing.
      const isTold = telling === 'told' || (telling === 'changes' && ledger.notes.length > 0)
      if (isTold) this.#connections.told()
      return result
    } catch (error) {
      if (isUnavailable(error)) this.#doubt()
      throw error
    } finally {
      remembered.freeSlot(slot)
    }
  }
}

function ignore(): void {
  // Whoever asked for it hears of it.
}
