import { InputError, StoreError } from '../../core/errors.ts'
import { toJson } from '../../core/json.ts'
import type { Settlement } from '../../core/tasklet.ts'
import type { SettleOutcome } from '../../ports/store-messages.ts'
import * as moves from '../moves.ts'
import { type Asked, Batches } from './batches.ts'
import type { Changed, Ledger } from './ledger.ts'
import type { Releases } from './releases.ts'
import type { Remembered } from './remembered.ts'
import { type Row, toOwn } from './rows.ts'
import { isUnavailable } from './session.ts'
import { Unanswered } from './unanswered.ts'

type Request = readonly Settlement[]
type Settling = Asked<Request, readonly SettleOutcome[]>
type Write = <T>(work: (ledger: Ledger) => Promise<T>) => Promise<T>

/** Records of one transaction. */
const TOGETHER = 1000

/** A settlement with its output copied, or the reason why that is no value. */
interface Taken {
  readonly settlement: Settlement
  readonly output: unknown
  readonly error: InputError | undefined
}

/** What was remembered does not stand: the transaction is given up, and the records are read. */
class Outdated extends Error {}

/** Ends deliveries: one transaction for all calls that wait. */
export class Settlements {
  readonly #releases: Releases
  readonly #remembered: Remembered
  readonly #write: Write
  readonly #unanswered = new Unanswered()
  readonly #batches = new Batches<Request, readonly SettleOutcome[]>({
    work: (batch) => this.#settle(batch),
    sizeOf: ({ length }) => length,
    limit: TOGETHER,
    // One is worked on while the disk takes in another.
    parallel: 2,
  })

  constructor(releases: Releases, remembered: Remembered, write: Write) {
    this.#releases = releases
    this.#remembered = remembered
    this.#write = write
  }

  settle(settlements: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    return this.#batches.run(settlements.map((settlement) => ({ ...settlement })))
  }

  finish(): Promise<void> {
    return this.#batches.finish()
  }

  async #settle(batch: readonly Settling[]): Promise<void> {
    const taken = batch.flatMap(({ request }) => request.map(take))
    const outcomes = await this.#settleKnown(taken)
    let next = 0
    for (const { request, answer } of batch) {
      answer(outcomes.slice(next, next + request.length))
      next += request.length
    }
  }

  async #settleKnown(taken: readonly Taken[]): Promise<readonly SettleOutcome[]> {
    const settlements = taken.map(({ settlement }) => settlement)
    try {
      const outcomes = await this.#settleFitting(taken)
      this.#unanswered.answered(settlements)
      return outcomes
    } catch (error) {
      if (isUnavailable(error)) this.#unanswered.note(settlements)
      throw error
    }
  }

  /** An output that the server does not take must not keep the others from it. */
  async #settleFitting(taken: readonly Taken[]): Promise<readonly SettleOutcome[]> {
    try {
      return await this.#settleAll(taken)
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'store_too_large')) throw error
      if (taken.length === 1) {
        const cause = new InputError(`output cannot be stored: ${error.message}`, { cause: error })
        return [{ accepted: false, holder: undefined, error: cause }]
      }
    }
    const outcomes: SettleOutcome[] = []
    for (const one of taken) outcomes.push(...(await this.#settleFitting([one])))
    return outcomes
  }

  async #settleAll(taken: readonly Taken[]): Promise<readonly SettleOutcome[]> {
    const remembered = this.#remember(taken)
    if (remembered === undefined) return this.#write((ledger) => this.#settleRead(ledger, taken))
    try {
      await this.#write(async (ledger) => {
        if (!(await ledger.settle(remembered))) throw new Outdated()
      })
      return remembered.map(({ next }) => ({ accepted: true, tasklet: next, changed: [] }))
    } catch (error) {
      if (!(error instanceof Outdated)) throw error
      return this.#write((ledger) => this.#settleRead(ledger, taken))
    }
  }

  /** The changes of all, when every record is remembered under its token. */
  #remember(taken: readonly Taken[]): readonly Changed[] | undefined {
    const seen = new Set<string>()
    const changed: Changed[] = []
    for (const { settlement, output, error } of taken) {
      const row = this.#remembered.leased.get(settlement.id)
      if (row === undefined || error !== undefined || seen.has(settlement.id)) return undefined
      if (row.hasDependents || !moves.holds(row.tasklet, settlement.token)) return undefined
      seen.add(settlement.id)
      const tasklet = toOwn(row)
      changed.push({ row: { ...row, tasklet }, next: moves.toSettled(tasklet, settlement, output) })
    }
    return changed
  }

  async #settleRead(ledger: Ledger, taken: readonly Taken[]): Promise<readonly SettleOutcome[]> {
    const ids = [...new Set(taken.map(({ settlement }) => settlement.id))]
    const rows = await ledger.records.lockIds(ledger.session, ids)
    const changes: Changed[] = []
    const outcomes = this.#decide(taken, rows, changes)
    await ledger.change('settled', changes)
    const released = await this.#releases.releaseByCause(ledger, changes)
    return outcomes.map((outcome) => {
      if (typeof outcome !== 'number') return outcome
      const changed = released.filter(({ cause }) => cause === outcome)
      // The place of its own change.
      const tasklet = changes[outcome]?.next
      if (tasklet === undefined) return { accepted: false, holder: undefined }
      return { accepted: true, tasklet, changed: changed.map((one) => one.tasklet) }
    })
  }

  /**
   * One after the other: an earlier one may end what a later one holds. Adds to `changes`; an
   * accepted one is the place of its change there.
   */
  #decide(
    taken: readonly Taken[],
    rows: readonly Row[],
    changes: Changed[],
  ): readonly (number | SettleOutcome)[] {
    const byId = new Map(rows.map((row) => [row.tasklet.id, row]))
    return taken.map(({ settlement, output, error }) => {
      const row = byId.get(settlement.id)
      const holder = row?.tasklet.lease?.owner
      if (row === undefined || !moves.holds(row.tasklet, settlement.token)) {
        this.#remembered.forget(settlement)
        const isDone = row !== undefined && this.#unanswered.isDone(row, settlement)
        // What it has released was told with the doubt about it.
        if (isDone) return { accepted: true, tasklet: row.tasklet, changed: [] }
        return { accepted: false, holder }
      }
      if (error !== undefined) return { accepted: false, holder, error }
      const next = moves.toSettled(row.tasklet, settlement, output)
      byId.set(next.id, { ...row, tasklet: next })
      return changes.push({ row, next }) - 1
    })
  }
}

function take(settlement: Settlement): Taken {
  try {
    return { settlement, output: toJson(settlement.output, 'output'), error: undefined }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { settlement, output: undefined, error }
  }
}
