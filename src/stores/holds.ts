import { InputError } from '../core/errors.ts'
import { holdsAny } from '../core/world-states.ts'
import type { HeldUnits, HeldWorld, Hold, HoldRequest, HoldRevision } from '../ports/holds.ts'

// Who may hold what beside whom. Engines know what is held, and keep it.

/** What a tasklet holds, without the lease under which it does. */
export type Held = Pick<Hold, 'units' | 'world'>

export type HoldDecision =
  | { readonly held: true; readonly next: Held }
  | { readonly held: false; readonly holders: readonly Hold[] }

/**
 * What the request comes to beside what is held under live leases. Only holds of its pools and of
 * the world of its plan matter, and those of the requester itself do not. The request has passed
 * `requireHold`.
 */
export function decideHold(request: HoldRequest, present: readonly Hold[]): HoldDecision {
  const others = present.filter(({ id }) => id !== request.lease.id)
  const inTheWay = new Set(request.units.flatMap((wanted) => overfilled(wanted, others)))
  for (const hold of others) if (excludes(hold, request)) inTheWay.add(hold)
  if (inTheWay.size > 0) return { held: false, holders: others.filter((one) => inTheWay.has(one)) }
  const units = request.units.map(({ pool, units: count }) => ({ pool, units: count }))
  return { held: true, next: { units, world: toWorld(request, others) } }
}

/**
 * Checks what no other hold can make right.
 * @throws {InputError} for units that are no count, more than there are, or named twice.
 */
export function requireHold({ units }: HoldRequest): void {
  requireUnits(units)
  for (const { pool, units: count, capacity } of units) {
    if (count <= capacity) continue
    throw new InputError(`${count} units of "${pool}" can never be held: there are ${capacity}`)
  }
}

/** @throws {InputError} for units that are no count, or named twice. */
export function requireRevision({ units }: HoldRevision): void {
  requireUnits(units)
}

/**
 * What is left of a hold. The revision has passed `requireRevision`.
 * @throws {InputError} when it has more units than the hold.
 */
export function toRevised(held: Held, { units, states }: HoldRevision): Held {
  for (const { pool, units: count } of units) {
    const most = unitsOf(held, pool)
    if (count <= most) continue
    throw new InputError(`${count} units of "${pool}" cannot be kept of ${most}: ask with hold()`)
  }
  const kept = units.map(({ pool, units: count }) => ({ pool, units: count }))
  return { units: kept, world: held.world && { ...held.world, states: states && [...states] } }
}

/** Who gave back everything holds nothing, and engines keep nothing of it. */
export function isNothing({ units, world }: Held): boolean {
  return units.length === 0 && world === undefined
}

function requireUnits(units: readonly HeldUnits[]): void {
  const pools = new Set<string>()
  for (const { pool, units: count } of units) {
    if (!Number.isInteger(count) || count < 1) {
      throw new InputError(`units of "${pool}" are ${count}: give an integer of at least 1`)
    }
    if (pools.has(pool)) throw new InputError(`the pool "${pool}" is named twice: add its units up`)
    pools.add(pool)
  }
}

/** Who has units of the pool, when they leave too few. */
function overfilled(wanted: HoldRequest['units'][number], others: readonly Hold[]): Hold[] {
  const holders = others.filter((hold) => unitsOf(hold, wanted.pool) > 0)
  const used = holders.reduce((sum, hold) => sum + unitsOf(hold, wanted.pool), 0)
  return used + wanted.units > wanted.capacity ? holders : []
}

function unitsOf({ units }: Held, pool: string): number {
  return units.find((one) => one.pool === pool)?.units ?? 0
}

/** Whether the holder's world is one that the requester may not join. */
function excludes({ world }: Hold, { world: wanted }: HoldRequest): boolean {
  if (world === undefined || wanted === undefined || world.plan !== wanted.plan) return false
  if (wanted.alone || world.shape !== wanted.shape || world.states === undefined) return true
  return !holdsAny(world.states, wanted.requires)
}

/** Who joins others relies on what the first of them has verified. */
function toWorld({ world }: HoldRequest, others: readonly Hold[]): HeldWorld | undefined {
  if (world === undefined) return undefined
  const { plan, shape } = world
  return { plan, shape, states: others.find((hold) => hold.world?.plan === plan)?.world?.states }
}
