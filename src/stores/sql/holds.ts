import type { Hold, HoldOutcome, HoldRequest, HoldRevision } from '../../ports/holds.ts'
import { decideHold, type Held, isNothing, toRevised } from '../holds.ts'
import { type Asked, Batches } from './batches.ts'
import { type Holder, HoldRows, type Kept, toPool, toWorldPool } from './hold-rows.ts'
import type { SqlConnections, SqlSession } from './session.ts'

type Call =
  | { readonly deed: 'hold'; readonly request: HoldRequest }
  | { readonly deed: 'revise'; readonly revision: HoldRevision }

type Answer = HoldOutcome | boolean

interface Decided {
  readonly answers: readonly (() => void)[]
  readonly isChanged: boolean
}

/** Calls of one transaction. */
const TOGETHER = 200
/** Dead holds of the pools that are asked for are deleted when there are so many. */
const DEAD = 16
/** Each stands for the pools whose hash begins alike. */
const LOCKS = 64
const LOCK = 'SELECT name FROM locks WHERE name = ? FOR UPDATE'

/**
 * What running tasklets hold. Rows of a pool are written only under the lock of the pool, so that
 * what is decided stands until it is written. What is held under a lease that has ended is dead, so
 * whoever ends leases has nothing to do with it. Calls of one process would wait for each other at
 * the locks in any case, so those that wait go together into the next transaction.
 */
export class Holds {
  readonly #rows: HoldRows
  readonly #addLock: string
  readonly #connections: SqlConnections
  readonly #batches: Batches<Call, Answer>

  constructor(connections: SqlConnections) {
    const { dialect } = connections
    this.#connections = connections
    this.#rows = new HoldRows(dialect)
    this.#addLock = dialect.upsert('INSERT INTO locks (name) VALUES (?)', ['name'], {})
    const work = (batch: readonly Asked<Call, Answer>[]) => this.#work(batch)
    this.#batches = new Batches({ work, sizeOf: () => 1, limit: TOGETHER, parallel: 1 })
  }

  /** The request has passed `requireHold`. */
  async hold(request: HoldRequest): Promise<HoldOutcome> {
    return (await this.#batches.run({ deed: 'hold', request })) as HoldOutcome
  }

  /** The revision has passed `requireRevision`. */
  async revise(revision: HoldRevision): Promise<boolean> {
    return (await this.#batches.run({ deed: 'revise', revision })) as boolean
  }

  /** Those of live leases, by sequence. */
  all(session: SqlSession): Promise<readonly Hold[]> {
    return this.#rows.live(session)
  }

  finish(): Promise<void> {
    return this.#batches.finish()
  }

  async #work(batch: readonly Asked<Call, Answer>[]): Promise<void> {
    const { answers, isChanged } = await this.#connections.write((session) =>
      this.#decide(session, batch),
    )
    for (const answer of answers) answer()
    if (isChanged) this.#connections.told()
  }

  /** Resolves with what tells the callers, once it is committed. */
  async #decide(session: SqlSession, batch: readonly Asked<Call, Answer>[]): Promise<Decided> {
    const ids = [...new Set(batch.map(({ request }) => leaseOf(request).id))]
    const revised = batch.flatMap(({ request }) =>
      request.deed === 'revise' ? leaseOf(request).id : [],
    )
    const held = await this.#rows.pools(session, revised)
    const pools = [...new Set([...held, ...batch.flatMap(({ request }) => poolsOf(request))])]
    await this.#lock(session, pools)
    const holders = await this.#rows.holders(session, ids)
    const sequences = holders.map(({ sequence }) => sequence)
    const kept = await this.#rows.beside(session, sequences, pools)
    const table = new Table(holders, kept)
    const answers = batch.map((asked) => answerTo(table, asked))
    this.#keep(session, table, pools)
    return { answers, isChanged: table.changed.length > 0 }
  }

  #keep(session: SqlSession, table: Table, pools: readonly string[]): void {
    this.#rows.remove(session, table.replaced)
    const { dead } = table
    if (dead.length >= DEAD) this.#rows.removeFrom(session, pools, dead)
    this.#rows.insert(session, table.written)
  }

  /** In one order, so that no two transactions wait for each other. */
  async #lock(session: SqlSession, pools: readonly string[]): Promise<void> {
    const names = new Set(pools.map((pool) => `hold:${pool.charCodeAt(0) % LOCKS}`))
    for (const name of [...names].sort()) {
      if ((await session.all(LOCK, [name])).length > 0) continue
      await session.run(this.#addLock, [name])
      await session.all(LOCK, [name])
    }
  }
}

/** What is held while the calls of one transaction are decided, one after the other. */
class Table {
  readonly #holders: ReadonlyMap<string, Holder>
  readonly #stored: ReadonlySet<number>
  /** Of live leases, by sequence. */
  readonly #live: Map<number, Kept>
  readonly #changed = new Map<number, Holder>()
  /** Sequences of tasklets that hold nothing any more. */
  readonly dead: readonly number[]

  constructor(holders: readonly Holder[], kept: readonly Kept[]) {
    this.#holders = new Map(holders.map((holder) => [holder.id, holder]))
    this.#stored = new Set(kept.map(({ sequence }) => sequence))
    const live = kept.filter(({ isLive }) => isLive)
    this.#live = new Map(live.map((one) => [one.sequence, one]))
    this.dead = [...this.#stored].filter((sequence) => !this.#live.has(sequence))
  }

  get changed(): readonly Holder[] {
    return [...this.#changed.values()]
  }

  /** Whose stored rows go. */
  get replaced(): readonly Holder[] {
    return this.changed.filter(({ sequence }) => this.#stored.has(sequence))
  }

  get written(): readonly Kept[] {
    return this.changed.flatMap(({ sequence }) => this.#live.get(sequence) ?? [])
  }

  hold(request: HoldRequest): HoldOutcome {
    const holder = this.#holderOf(request.lease)
    if (holder === undefined) return { held: false, holders: [] }
    const live = [...this.#live.values()].sort((one, other) => one.sequence - other.sequence)
    const present = live.map(({ hold }) => hold)
    const decision = decideHold(request, present)
    if (!decision.held) return decision
    return { held: true, hold: this.#set(holder, decision.next) }
  }

  /** @throws {InputError} when it has more units than are held. */
  revise(revision: HoldRevision): boolean {
    const holder = this.#holderOf(revision.lease)
    const kept = holder && this.#live.get(holder.sequence)
    if (holder === undefined || kept?.hold.token !== holder.token) return false
    this.#set(holder, toRevised(kept.hold, revision))
    return true
  }

  #set(holder: Holder, held: Held): Hold {
    const { sequence, ...lease } = holder
    const hold = { ...lease, ...held }
    if (isNothing(held)) this.#live.delete(sequence)
    else this.#live.set(sequence, { sequence, isLive: true, hold })
    this.#changed.set(sequence, holder)
    return hold
  }

  #holderOf({ id, token }: HoldRequest['lease']): Holder | undefined {
    const holder = this.#holders.get(id)
    return holder?.token === token ? holder : undefined
  }
}

function answerTo(table: Table, { request, answer, refuse }: Asked<Call, Answer>): () => void {
  try {
    const result =
      request.deed === 'hold' ? table.hold(request.request) : table.revise(request.revision)
    // The same hold may stand in several answers.
    return () => answer(structuredClone(result))
  } catch (error) {
    return () => refuse(error)
  }
}

function leaseOf(call: Call): HoldRequest['lease'] {
  return call.deed === 'hold' ? call.request.lease : call.revision.lease
}

function poolsOf(call: Call): readonly string[] {
  if (call.deed === 'revise') return []
  const { units, world } = call.request
  const pools = units.map(({ pool }) => toPool(pool))
  return world === undefined ? pools : [...pools, toWorldPool(world.plan)]
}
