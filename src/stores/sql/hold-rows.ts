import type { HeldWorld, Hold } from '../../ports/holds.ts'
import { type Held, isNothing } from '../holds.ts'
import { canBeStored, hashOf } from './codes.ts'
import type { Dialect } from './dialect.ts'
import { toList } from './lists.ts'
import { parse, toNumber } from './rows.ts'
import type { SqlRow, SqlSession } from './session.ts'

/** A hold with the sequence of its tasklet; `isLive`: the lease under which it was taken stands. */
export interface Kept {
  readonly sequence: number
  readonly isLive: boolean
  readonly hold: Hold
}

/** A leased tasklet. */
export type Holder = Pick<Hold, 'id' | 'token' | 'owner' | 'until'> & Pick<Kept, 'sequence'>

const ROWS = `SELECT holds.sequence, holds.token, holds.units, holds.name, holds.world,
    tasklets.id, tasklets.owner, tasklets.lease_until,
    CASE WHEN tasklets.status = 3 AND tasklets.deliveries = holds.token THEN 1 ELSE 0 END AS live
  FROM holds LEFT JOIN tasklets ON tasklets.sequence = holds.sequence`

const ORDER = 'ORDER BY holds.sequence, holds.place'

/** The rows of holds: one for each pool, and one for the world of a plan. */
export class HoldRows {
  readonly #insert: string
  readonly #holders: string
  readonly #pools: string

  constructor(dialect: Dialect) {
    const given = dialect.given({
      sequence: 'bigint',
      pool: 'hash',
      token: 'bigint',
      units: 'bigint',
      place: 'bigint',
      name: 'text',
      world: 'text',
    })
    const ids = dialect.given({ id: 'name' })
    this.#insert = `INSERT INTO holds (sequence, pool, token, units, place, name, world)
      SELECT given.sequence, given.pool, given.token, given.units, given.place, given.name,
      given.world FROM ${given}`
    this.#holders = `SELECT tasklets.id, tasklets.sequence, tasklets.deliveries, tasklets.owner,
      tasklets.lease_until FROM ${ids} JOIN tasklets ON tasklets.id = given.id
      WHERE tasklets.status = 3`
    this.#pools = `SELECT holds.pool FROM ${ids} JOIN tasklets ON tasklets.id = given.id
      JOIN holds ON holds.sequence = tasklets.sequence`
  }

  /** Those of live leases, by sequence. */
  async live(session: SqlSession): Promise<readonly Hold[]> {
    const kept = toKept(await session.all(`${ROWS} ${ORDER}`))
    return kept.filter(({ isLive }) => isLive).map(({ hold }) => hold)
  }

  /** Which of the tasklets are leased. */
  async holders(session: SqlSession, ids: readonly string[]): Promise<readonly Holder[]> {
    return (await session.all(this.#holders, [toGiven(ids)])).map((row) => ({
      id: String(row['id']),
      token: Number(row['deliveries']),
      owner: String(row['owner']),
      until: Number(row['lease_until']),
      sequence: Number(row['sequence']),
    }))
  }

  /** The pools of which the tasklets hold something. */
  async pools(session: SqlSession, ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return []
    return (await session.all(this.#pools, [toGiven(ids)])).map(({ pool }) => String(pool))
  }

  /** Everything that is held by the tasklets themselves, and by whoever has one of the pools. */
  async beside(
    session: SqlSession,
    sequences: readonly number[],
    pools: readonly string[],
  ): Promise<readonly Kept[]> {
    const own = toList(sequences)
    const shared = toList(pools)
    const rows = await session.all(
      `${ROWS} JOIN (SELECT sequence FROM holds WHERE pool IN ${shared.sql}
        UNION SELECT sequence FROM holds WHERE sequence IN ${own.sql}) AS beside
        ON beside.sequence = holds.sequence ${ORDER}`,
      [...shared.values, ...own.values],
    )
    return toKept(rows)
  }

  insert(session: SqlSession, kept: readonly Kept[]): void {
    const rows = kept.filter(({ hold }) => !isNothing(hold)).flatMap(toRows)
    if (rows.length > 0) session.later(this.#insert, [JSON.stringify(rows)])
  }

  /** What was held under these leases and earlier ones of the same tasklets. */
  remove(session: SqlSession, leases: readonly Holder[]): void {
    // Whoever has leased one of them since has other rows, which stay.
    for (const [token, same] of Map.groupBy(leases, (lease) => lease.token)) {
      const { sql, values } = toList(same.map(({ sequence }) => sequence))
      session.later(`DELETE FROM holds WHERE token <= ? AND sequence IN ${sql}`, [token, ...values])
    }
  }

  /** Of the pools alone, because only their locks are had. */
  removeFrom(session: SqlSession, pools: readonly string[], sequences: readonly number[]): void {
    const from = toList(pools)
    const { sql, values } = toList(sequences)
    session.later(`DELETE FROM holds WHERE pool IN ${from.sql} AND sequence IN ${sql}`, [
      ...from.values,
      ...values,
    ])
  }
}

/** What a pool of units is known by in the database. */
export function toPool(key: string): string {
  return hashOf(JSON.stringify(['units', key]))
}

/** What the world of a plan is known by there. */
export function toWorldPool(plan: string): string {
  return hashOf(JSON.stringify(['world', plan]))
}

function toGiven(ids: readonly string[]): string {
  return JSON.stringify(ids.filter(canBeStored).map((id) => ({ id })))
}

function toRows({ sequence, hold: { token, units, world } }: Kept) {
  // As JSON, because a text of the database cannot hold every character.
  const pools = units.map(({ pool, units: count }, place) => {
    return { sequence, pool: toPool(pool), token, units: count, place, name: JSON.stringify(pool) }
  })
  if (world === undefined) return pools
  const name = JSON.stringify(world.plan)
  const place = { pool: toWorldPool(world.plan), place: pools.length, name }
  return [...pools, { sequence, token, units: 0, ...place, world: JSON.stringify(world) }]
}

/** In the order of the rows. */
function toKept(rows: readonly SqlRow[]): readonly Kept[] {
  const byLease = Map.groupBy(rows, ({ sequence, token }) => `${sequence} ${token}`)
  return [...byLease.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const sequence = Number(first['sequence'])
    const lease = {
      id: String(first['id']),
      token: Number(first['token']),
      owner: String(first['owner']),
      until: toNumber(first['lease_until']) ?? 0,
    }
    return { sequence, isLive: first['live'] === 1, hold: { ...lease, ...toHeld(own) } }
  })
}

function toHeld(rows: readonly SqlRow[]): Held {
  const units = rows.filter(({ world }) => world === null)
  const world = rows.find((row) => row['world'] !== null)
  return {
    units: units.map((row) => ({ pool: String(parse(row['name'])), units: Number(row['units']) })),
    world: world && toWorld(parse(world['world'])),
  }
}

/** Written by this class alone, so it has the shape that was typed; JSON leaves out undefined. */
function toWorld(kept: unknown): HeldWorld {
  const { plan, shape, states } = kept as HeldWorld
  return { plan, shape, states }
}
