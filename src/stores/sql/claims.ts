import type { Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import * as moves from '../moves.ts'
import { type Asked, Batches } from './batches.ts'
import type { Dialect } from './dialect.ts'
import { Lanes } from './lanes.ts'
import { Leasing, type WhenLocked } from './leasing.ts'
import type { Ledger } from './ledger.ts'
import type { Records } from './records.ts'
import type { Row } from './rows.ts'
import { Selecting, type Selection, type Start } from './selecting.ts'
import type { SqlSession } from './session.ts'
import { Usages } from './usage.ts'

type Write = <T>(work: (ledger: Ledger) => Promise<T>) => Promise<T>
type Claiming = Asked<ClaimRequest, readonly Tasklet[]>

/** Records of one transaction, if they are asked for by more than one claim. */
const TOGETHER = 200
const NONE: ReadonlySet<number> = new Set()
/** Selections of one claim, while others keep all of it locked. */
const RUNS = 4

/**
 * Which pending tasklets run next. A claim keeps its queue locked until its commit, and one with
 * limits all others with limits, so that order and limits are exact across processes. It passes over
 * records that somebody is changing just now, unless there are no others.
 */
export class Claims {
  readonly #lanes: Lanes
  readonly #usages: Usages
  readonly #selecting: Selecting
  readonly #leasing: Leasing
  readonly #records: Records
  readonly #write: Write
  /** Claims of one queue would wait for each other in any case, and so keep the order of the calls. */
  readonly #byQueue = new Map<string, Batches<ClaimRequest, readonly Tasklet[]>>()

  constructor(dialect: Dialect, records: Records, write: Write) {
    this.#lanes = new Lanes(dialect)
    this.#usages = new Usages(dialect)
    this.#selecting = new Selecting(this.#lanes, this.#usages)
    this.#leasing = new Leasing(dialect)
    this.#records = records
    this.#write = write
  }

  claim(request: ClaimRequest): Promise<readonly Tasklet[]> {
    let batches = this.#byQueue.get(request.queue)
    if (batches === undefined) {
      const work = (batch: readonly Claiming[]) => this.#claimAll(batch)
      batches = new Batches({ work, sizeOf: ({ limit }) => limit, limit: TOGETHER, parallel: 1 })
      this.#byQueue.set(request.queue, batches)
    }
    return batches.run(request)
  }

  async finish(): Promise<void> {
    await Promise.all(Array.from(this.#byQueue.values(), (batches) => batches.finish()))
  }

  async #claimAll(batch: readonly Claiming[]): Promise<void> {
    const answers = await this.#write(async (ledger) => {
      const claimed: (readonly Tasklet[])[] = []
      for (const { request } of batch) claimed.push(await this.#claim(ledger, request))
      return claimed
    })
    for (const [index, { answer }] of batch.entries()) answer(answers[index] ?? [])
  }

  async #claim(ledger: Ledger, request: ClaimRequest): Promise<readonly Tasklet[]> {
    const { session } = ledger
    const start = await this.#begin(session, request)
    if (start === undefined) return []
    const passed = new Set<number>()
    for (let run = 1; run <= RUNS; run += 1) {
      const opened = run === 1 ? start.opened : await this.#lanes.open(session, request)
      const selection = await this.#select(session, request, { ...start, opened, passed })
      const claimed = await this.#lease(ledger, request, selection, 'pass over')
      if (claimed.length > 0) return claimed
      if (selection.sequences.length === 0) break
      for (const sequence of selection.sequences) passed.add(sequence)
    }
    if (passed.size === 0) return []
    // Who is told that there is nothing asks no more, but what is locked may stay pending.
    const opened = await this.#lanes.open(session, request)
    const selection = await this.#select(session, request, { ...start, opened })
    return this.#lease(ledger, request, selection, 'wait')
  }

  /** Locks what the claim needs for itself, and opens its lanes: all in one round trip. */
  async #begin(session: SqlSession, request: ClaimRequest): Promise<Start | undefined> {
    // Given ones without limits need no order among claims: whoever locks them first has them.
    const isOrdered = request.ids === undefined || hasLimits(request)
    const [queue, isExact, opened] = await Promise.all([
      this.#leasing.queue(session, request.queue, isOrdered),
      hasLimits(request) ? this.#leasing.lockLimits(session) : true,
      this.#lanes.open(session, request),
    ])
    if (queue === undefined || queue.isPaused) return undefined
    return {
      turn: queue.turn,
      opened: isExact ? opened : await this.#lanes.open(session, request),
      passed: NONE,
    }
  }

  /** What `claim` would lease now, in order; changes nothing. */
  async candidates(session: SqlSession, request: ClaimRequest): Promise<readonly Tasklet[]> {
    const [queue, opened] = await Promise.all([
      this.#leasing.queue(session, request.queue, false),
      this.#lanes.open(session, request),
    ])
    if (queue === undefined || queue.isPaused) return []
    const start = { turn: queue.turn, opened, passed: NONE }
    const { sequences } = await this.#selecting.select(session, request, start)
    const rows = await this.#records.bySequences(session, sequences)
    return inOrder(
      sequences,
      rows.map(({ tasklet }) => tasklet).filter(({ status }) => status === 'pending'),
    )
  }

  /** When the first that only rate limits keep back may start. */
  async nextStart(session: SqlSession, request: ClaimRequest): Promise<number | undefined> {
    const queue = await this.#leasing.queue(session, request.queue, false)
    if (queue === undefined || queue.isPaused) return undefined
    return this.#selecting.nextStart(session, request)
  }

  async #select(session: SqlSession, request: ClaimRequest, start: Start): Promise<Selection> {
    const selection = await this.#selecting.select(session, request, start)
    if (!selection.hasLost) return selection
    // Chosen again under the lock that all claims take which choose such a one.
    await this.#leasing.lockLimits(session)
    const opened = await this.#lanes.open(session, request)
    return this.#selecting.select(session, request, { ...start, opened })
  }

  async #lease(
    ledger: Ledger,
    request: ClaimRequest,
    selection: Selection,
    locked: WhenLocked,
  ): Promise<readonly Tasklet[]> {
    const { sequences, budgets } = selection
    if (sequences.length === 0) return []
    const rows = await this.#leaseRows(ledger.session, request, sequences, locked)
    if (rows.length === 0) return []
    this.#leasing.keepTurns(ledger.session, request.queue, selection)
    if (budgets !== undefined) this.#usages.note(ledger.session, budgets, request)
    const claimed = rows.map((row) => {
      const tasklet = moves.toClaimed(row.tasklet, request)
      ledger.note('started', row.tasklet, tasklet, request.now)
      ledger.leased.push({ ...row, tasklet })
      return tasklet
    })
    return inOrder(sequences, claimed)
  }

  /**
   * Who gets less than was asked for asks no more, so what was passed over on the way there is waited
   * for: whoever has it locked may leave it pending, and tell nobody.
   */
  async #leaseRows(
    session: SqlSession,
    request: ClaimRequest,
    sequences: readonly number[],
    locked: WhenLocked,
  ): Promise<readonly Row[]> {
    const rows = await this.#leasing.lease(session, request, sequences, locked)
    const isAll = rows.length === sequences.length || sequences.length >= request.limit
    if (rows.length === 0 || isAll) return rows
    const leased = new Set(rows.map(({ tasklet }) => tasklet.sequence))
    const passed = sequences.filter((sequence) => !leased.has(sequence))
    return [...rows, ...(await this.#leasing.lease(session, request, passed, 'wait'))]
  }
}

/** Whether it is bound by what runs or was started elsewhere. */
function hasLimits({ groupLimits = {}, rateLimits = [] }: ClaimRequest): boolean {
  return rateLimits.length > 0 || Object.keys(groupLimits).length > 0
}

function inOrder(sequences: readonly number[], tasklets: readonly Tasklet[]): readonly Tasklet[] {
  const places = new Map(sequences.map((sequence, index) => [sequence, index]))
  const placeOf = ({ sequence }: Tasklet) => places.get(sequence) ?? 0
  return tasklets.toSorted((one, other) => placeOf(one) - placeOf(other))
}
