import type { Tasklet } from '../../core/tasklet.ts'
import type { InsertOptions, InsertOutcome } from '../../ports/store-messages.ts'
import { type Asked, Batches } from './batches.ts'
import { hashOf } from './codes.ts'
import type { Counts } from './counts.ts'
import { type Concerns, concernsOf, InsertLookups } from './insert-lookups.ts'
import type { Ledger } from './ledger.ts'
import { inParts, toList } from './lists.ts'
import { Locks } from './locks.ts'
import type { Records } from './records.ts'
import { isUnavailable, type SqlConnections } from './session.ts'
import { StagedInserts } from './staged-inserts.ts'
import type { Writing } from './writing.ts'

interface Request {
  readonly tasklets: readonly Tasklet[]
  readonly options: InsertOptions | undefined
}
type Insertion = Asked<Request, readonly InsertOutcome[]>

interface InsertParts {
  readonly connections: SqlConnections
  readonly records: Records
  readonly writing: Writing
  readonly counts: Counts
  readonly write: <T>(work: (ledger: Ledger) => Promise<T>) => Promise<T>
}

/** Records of one transaction. */
const TOGETHER = 1000
/** Records of one statement. */
const PART = 512
/** Runs after somebody else was first with an id or a key. */
const RUNS = 5

/** Stores new records: one transaction for all calls that wait. */
export class Inserts {
  readonly #connections: SqlConnections
  readonly #writing: Writing
  readonly #write: InsertParts['write']
  readonly #lookups: InsertLookups
  readonly #locks: Locks
  readonly #addEdges: string
  readonly #batches = new Batches<Request, readonly InsertOutcome[]>({
    work: (batch) => this.#insert(batch),
    sizeOf: ({ tasklets }) => tasklets.length,
    limit: TOGETHER,
    parallel: 1,
  })

  constructor({ connections, records, writing, counts, write }: InsertParts) {
    const { dialect } = connections
    this.#connections = connections
    this.#writing = writing
    this.#write = write
    this.#lookups = new InsertLookups(dialect, records, counts)
    this.#locks = new Locks(dialect)
    this.#addEdges = `INSERT INTO dependencies (dependency, dependent)
      SELECT given.dependency, given.dependent
      FROM ${dialect.given({ dependency: 'bigint', dependent: 'bigint' })}`
  }

  insert(
    tasklets: readonly Tasklet[],
    options: InsertOptions | undefined,
  ): Promise<readonly InsertOutcome[]> {
    return this.#batches.run({ tasklets, options })
  }

  finish(): Promise<void> {
    return this.#batches.finish()
  }

  async #insert(batch: readonly Insertion[]): Promise<void> {
    try {
      await this.#insertTogether(batch)
    } catch (error) {
      if (batch.length === 1 || isUnavailable(error)) throw error
      // What the database refuses of one call must not refuse the others.
      for (const one of batch) await this.#insertTogether([one]).catch(one.refuse)
    }
  }

  async #insertTogether(batch: readonly Insertion[]): Promise<void> {
    const tasklets = batch.flatMap(({ request }) => request.tasklets)
    const numbers = tasklets.length === 0 ? [] : await this.#connections.numbers(tasklets.length)
    for (let run = 1; ; run += 1) {
      const concerns = concernsOf(tasklets, limitedBy(batch), run > 1)
      try {
        const tell = await this.#write((ledger) => this.#work(ledger, { batch, concerns, numbers }))
        tell()
        return
      } catch (error) {
        if (run >= RUNS || !this.#connections.isDuplicate(error)) throw error
      }
    }
  }

  /** Resolves with what tells the callers, once it is committed. */
  async #work(
    ledger: Ledger,
    given: {
      readonly batch: readonly Insertion[]
      readonly concerns: Concerns
      readonly numbers: readonly number[]
    },
  ): Promise<() => void> {
    const { session } = ledger
    const { concerns, batch } = given
    const locks = locksFor(concerns)
    await this.#locks.take(session, locks)
    const now = batch[0]?.request.tasklets[0]?.createdAt ?? 0
    const found = await this.#lookups.find(session, concerns, now)
    const staged = new StagedInserts(found, given.numbers)
    const answers = batch.map((insertion) => admitOne(staged, insertion))
    await this.#store(ledger, staged)
    await this.#locks.drop(session, locks)
    return () => {
      for (const answer of answers) answer()
    }
  }

  async #store(ledger: Ledger, staged: StagedInserts): Promise<void> {
    const { session } = ledger
    const created = [...staged.created.values()]
    const queues = new Set(created.map(({ queue }) => queue))
    const unknown = [...queues].filter((queue) => !ledger.remembered.queues.has(queue))
    this.#writing.addQueues(session, unknown.toSorted())
    for (const { row, next } of staged.changed.values()) {
      await ledger.change('moved', [{ row, next, lost: row.lost }])
    }
    ledger.add(created, staged.awaited())
    const edges = staged.edges()
    if (edges.length === 0) return
    session.later(this.#addEdges, [JSON.stringify(edges)])
    for (const awaited of inParts(staged.newlyAwaited(), PART)) {
      const { sql, values } = toList(awaited)
      await session.run(`UPDATE tasklets SET dependents = 1 WHERE sequence IN ${sql}`, values)
    }
  }
}

function admitOne(staged: StagedInserts, insertion: Insertion): () => void {
  const { tasklets, options } = insertion.request
  try {
    const outcomes = staged.add(tasklets, options)
    return () => insertion.answer(outcomes)
  } catch (error) {
    return () => insertion.refuse(error)
  }
}

function limitedBy(batch: readonly Insertion[]): readonly string[] {
  const queues = new Set<string>()
  for (const { request } of batch) {
    const maxSizes = request.options?.maxSizes
    if (maxSizes === undefined) continue
    for (const { queue } of request.tasklets) {
      if (maxSizes[queue] !== undefined && queue !== 'interrupt') queues.add(queue)
    }
  }
  return [...queues]
}

/** Two transactions that look for the same key, or for room in the same queue, go one by one. */
function locksFor({ uniqueness, limited }: Concerns): readonly string[] {
  return [...uniqueness, ...limited.map((queue) => hashOf(JSON.stringify(['size', queue])))]
}
