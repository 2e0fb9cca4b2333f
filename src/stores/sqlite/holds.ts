import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type {
  HeldUnits,
  HeldWorld,
  Hold,
  HoldOutcome,
  HoldRequest,
  HoldRevision,
} from '../../ports/holds.ts'
import type { LeaseRef } from '../../ports/store-messages.ts'
import { decideHold, type Held, isNothing, toRevised } from '../holds.ts'

const LIVE = 'tasklets.status = 3 AND tasklets.deliveries = holds.token'

const ALL = `SELECT tasklets.id, holds.token, names.name AS owner, tasklets.lease_until AS until,
  holds.units, holds.world
  FROM holds JOIN tasklets ON tasklets.sequence = holds.tasklet JOIN names ON names.id = owner
  WHERE ${LIVE} ORDER BY holds.tasklet`

const LEASED = `SELECT sequence, names.name AS owner, lease_until AS until
  FROM tasklets JOIN names ON names.id = owner
  WHERE tasklets.id = ? AND status = 3 AND deliveries = ?`

const FORGET_DEAD = `DELETE FROM holds WHERE NOT EXISTS (
  SELECT 1 FROM tasklets WHERE sequence = holds.tasklet AND ${LIVE})`

/** What running tasklets hold. Everything but `all` writes: inside a transaction only. */
export class Holds {
  readonly #all: StatementSync
  readonly #leased: StatementSync
  readonly #own: StatementSync
  readonly #keep: StatementSync
  readonly #drop: StatementSync
  readonly #forgetDead: StatementSync

  constructor(db: DatabaseSync) {
    this.#all = db.prepare(ALL)
    this.#leased = db.prepare(LEASED)
    this.#own = db.prepare('SELECT units, world FROM holds WHERE tasklet = ? AND token = ?')
    this.#keep = db.prepare(
      'INSERT OR REPLACE INTO holds (tasklet, token, units, world) VALUES (?, ?, ?, ?)',
    )
    this.#drop = db.prepare('DELETE FROM holds WHERE tasklet = ?')
    this.#forgetDead = db.prepare(FORGET_DEAD)
  }

  /** The request has passed `requireHold`. */
  take(request: HoldRequest): HoldOutcome {
    const leased = this.#leased.get(request.lease.id, request.lease.token)
    if (leased === undefined) return { held: false, holders: [] }
    const { id, token } = request.lease
    this.forgetDead()
    const decision = decideHold(request, this.all())
    if (!decision.held) return decision
    this.#write(Number(leased['sequence']), token, decision.next)
    const { owner, until } = leased
    const hold = { id, token, owner: String(owner), until: Number(until), ...decision.next }
    return { held: true, hold }
  }

  /** The revision has passed `requireRevision`. */
  revise(revision: HoldRevision): boolean {
    const { token } = revision.lease
    const sequence = this.#sequenceOf(revision.lease)
    const own = sequence === undefined ? undefined : this.#own.get(sequence, token)
    if (sequence === undefined || own === undefined) return false
    this.#write(sequence, token, toRevised(toHeld(own), revision))
    return true
  }

  /** By the sequence of their tasklets. */
  all(): readonly Hold[] {
    return this.#all.all().map(toHold)
  }

  /** What is held by no live lease is only in the way of those who count. */
  forgetDead(): void {
    this.#forgetDead.run()
  }

  #sequenceOf({ id, token }: LeaseRef): number | undefined {
    const leased = this.#leased.get(id, token)
    return leased && Number(leased['sequence'])
  }

  #write(sequence: number, token: number, held: Held): void {
    if (isNothing(held)) this.#drop.run(sequence)
    else this.#keep.run(sequence, token, JSON.stringify(held.units), toCell(held.world))
  }
}

function toHold(row: Record<string, SQLOutputValue>): Hold {
  return {
    id: String(row['id']),
    token: Number(row['token']),
    owner: String(row['owner']),
    until: Number(row['until']),
    ...toHeld(row),
  }
}

/** The cells are written by this class alone, so they have the shapes that were typed. */
function toHeld({ units, world }: Record<string, SQLOutputValue>): Held {
  return { units: JSON.parse(String(units)) as HeldUnits[], world: fromCell(world) }
}

function toCell(world: HeldWorld | undefined): string | null {
  return world === undefined ? null : JSON.stringify(world)
}

/** JSON leaves out what is undefined. */
function fromCell(cell: SQLOutputValue | undefined): HeldWorld | undefined {
  if (typeof cell !== 'string') return undefined
  const { plan, shape, states } = JSON.parse(cell) as HeldWorld
  return { plan, shape, states }
}
