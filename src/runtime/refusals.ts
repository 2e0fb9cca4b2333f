import type { Delivery } from './delivery.ts'
import type { Shortage } from './resource-pools.ts'
import type { StateHold } from './state-leases.ts'

/** One thing that keeps a tasklet from being granted what it needs. */
export interface Refusal {
  readonly code: 'no-room' | 'resource' | 'state'
  readonly message: string
  /** When a time limit ends the work that is in the way; milliseconds since the epoch. */
  readonly until?: number | undefined
  /** The id of a tasklet that is in the way: the one whose time limit is the first to end. */
  readonly holder?: string | undefined
}

export interface RefusedGrant {
  readonly queue: string
  readonly slots: number
  readonly room: number
  readonly short: readonly Shortage[]
  readonly requires: readonly string[]
  /** Who holds the world; undefined when it may be entered. */
  readonly world: StateHold | undefined
}

export function explainRefusal(refused: RefusedGrant): readonly Refusal[] {
  const { queue, slots, room, short, requires, world } = refused
  const reasons: Refusal[] = []
  if (room <= 0) {
    const message = `all ${slots} slots of queue "${queue}" are taken`
    reasons.push({ code: 'no-room', message })
  }
  for (const { resource, pool, units, free, holders } of short) {
    const message = `needs ${units} of resource "${resource}", and ${free} of ${pool.capacity} are free: held by ${namesOf(holders)}`
    reasons.push({ code: 'resource', message, ...inTheWay(holders) })
  }
  if (world !== undefined) {
    const message = `needs the world in ${requires.join(' or ')}, and ${describeHold(world)}`
    reasons.push({ code: 'state', message, ...inTheWay(world.holders) })
  }
  return reasons
}

function describeHold({ holders, states }: StateHold): string {
  const names = namesOf(holders)
  if (states === undefined) return `${names} is moving it`
  return `it is held in ${states.join(' & ')} by ${names}`
}

const MOST_NAMED = 5

function namesOf(holders: readonly Delivery[]): string {
  const names = holders.slice(0, MOST_NAMED).map(({ tasklet }) => tasklet.id)
  const more = holders.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function inTheWay(holders: readonly Delivery[]): Pick<Refusal, 'until' | 'holder'> {
  let first = holders[0]
  for (const holder of holders) if (endOf(holder) < endOf(first)) first = holder
  return { holder: first?.tasklet.id, until: first?.deadline?.at }
}

function endOf(holder: Delivery | undefined): number {
  return holder?.deadline?.at ?? Number.POSITIVE_INFINITY
}
