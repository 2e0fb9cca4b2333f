import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ListFilter, Page } from '../../ports/store-messages.ts'
import { Claims } from './claims.ts'
import type { Session } from './commits.ts'
import { DueTimes } from './due-times.ts'
import { Endings } from './endings.ts'
import { Facts } from './facts.ts'
import { Holds } from './holds.ts'
import { Inserts } from './inserts.ts'
import { Ledger } from './ledger.ts'
import { listRecords } from './list.ts'
import type { Noting, Outbox } from './outbox.ts'
import { QueueOrders } from './queue-orders.ts'
import { Retention } from './retention.ts'
import { Steps } from './steps.ts'

/** The operations of the port on an open database. Those that write belong inside a transaction. */
export class Records implements Session {
  readonly ledger: Ledger
  readonly inserts: Inserts
  readonly claims: Claims
  readonly endings: Endings
  readonly dueTimes: DueTimes
  readonly orders: QueueOrders
  readonly retention: Retention
  readonly steps: Steps
  readonly facts: Facts
  readonly holds: Holds
  readonly outbox: Outbox
  readonly #db: DatabaseSync
  readonly #dataVersion: StatementSync
  #seenVersion: unknown

  constructor(db: DatabaseSync, noting: Noting) {
    this.#db = db
    this.ledger = new Ledger(db, noting)
    this.inserts = new Inserts(db, this.ledger)
    this.claims = new Claims(db, this.ledger)
    this.endings = new Endings(db, this.ledger)
    this.dueTimes = new DueTimes(db, this.ledger)
    this.orders = new QueueOrders(db, this.ledger)
    this.holds = new Holds(db)
    this.outbox = this.ledger.outbox
    this.retention = new Retention(db, this.ledger, this.holds)
    this.steps = new Steps(db)
    this.facts = new Facts(db)
    this.#dataVersion = db.prepare('PRAGMA data_version')
  }

  /** What was learned before another connection wrote may be wrong. */
  begin(): void {
    const version = this.#dataVersion.get()?.['data_version']
    if (version === this.#seenVersion) return
    this.#seenVersion = version
    this.#forgetLearned()
  }

  mark(): number {
    return this.ledger.journal.length
  }

  undo(mark: number): void {
    this.ledger.journal.undo(mark)
    this.#forgetLearned()
    this.ledger.leased.clear()
  }

  flush(): void {
    this.ledger.journal.flush()
  }

  committed(): void {
    this.outbox.committed()
  }

  forget(): void {
    this.ledger.journal.forget()
    this.#forgetLearned()
    this.ledger.leased.clear()
  }

  get(id: string): Tasklet | undefined {
    return this.ledger.rows.byId(id)?.tasklet
  }

  getMany(ids: readonly string[]): readonly Tasklet[] {
    return ids.map((id) => this.get(id)).filter((tasklet) => tasklet !== undefined)
  }

  list(filter: ListFilter): Page<Tasklet> {
    return listRecords(this.#db, this.ledger.rows, this.ledger.counts, filter)
  }

  #forgetLearned(): void {
    this.ledger.forget()
    this.claims.forget()
  }
}
