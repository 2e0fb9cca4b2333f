import { type Blocker, endOf, idOf, nameOf } from './blockers.ts'
import type { NeedKind, Shortage } from './resource-pools.ts'
import type { StateHold, StateRequest } from './state-leases.ts'

/** One thing that keeps a tasklet from being granted what it needs. */
export interface Refusal {
  readonly code: 'no-room' | NeedKind | 'reserved' | 'state' | 'affinity' | 'interrupt'
  readonly message: string
  /**
   * When a time limit ends the work that is in the way, or the lease of another process that has not
   * been renewed until then; milliseconds since the epoch.
   */
  readonly until?: number | undefined
  /** The id of a tasklet that is in the way: the one whose time limit is the first to end. */
  readonly holder?: string | undefined
}

export interface RefusedGrant {
  readonly queue: string
  readonly slots: number
  readonly room: number
  readonly short: readonly Shortage[]
  readonly asked: StateRequest
  /** Who holds the world; undefined when it may be entered. */
  readonly world: StateHold | undefined
  /** It may enter the world, and lets others go first who wait in this process. */
  readonly isTurnOfOthers: boolean
  /** The closed scope that keeps it out. */
  readonly scope: string | undefined
}

export function explainRefusal(refused: RefusedGrant): readonly Refusal[] {
  const { queue, slots, room, short, asked, world, scope } = refused
  const reasons: Refusal[] = []
  if (scope !== undefined) {
    const message = `an interrupt (${scope}) keeps other work back until it has ended`
    reasons.push({ code: 'interrupt', message })
  }
  if (room <= 0) {
    const message = `all ${slots} slots of queue "${queue}" are taken`
    reasons.push({ code: 'no-room', message })
  }
  reasons.push(...short.map(explainShortage))
  if (world !== undefined) {
    const message = `${describeWish(asked)}, and ${describeHold(world)}${describeMachine(asked, world)}`
    reasons.push({ code: 'state', message, ...inTheWay(world.holders) })
  }
  if (refused.isTurnOfOthers) {
    const message = 'it is the turn of others, who need the world of the plan in another state'
    reasons.push({ code: 'affinity', message })
  }
  return reasons
}

function explainShortage(shortage: Shortage): Refusal {
  const { kind, units, free, holders, reserved } = shortage
  if (reserved !== undefined && units <= free) {
    const { task, id } = reserved
    const message = `${describeUnits(shortage)} kept for ${task} (${id}), which has missed out for long`
    return { code: 'reserved', message, holder: id }
  }
  return { code: kind, message: describeShortage(shortage), ...inTheWay(holders) }
}

function describeUnits({ kind, units, resource }: Shortage): string {
  if (kind === 'resource') return `needs ${units} of resource "${resource}", which are`
  return kind === 'exclusive' ? `its place in plan "${resource}" is` : 'its place is'
}

function describeShortage(shortage: Shortage): string {
  const { kind, resource, pool, units, free, holders } = shortage
  const names = namesOf(holders)
  switch (kind) {
    case 'resource':
      return `needs ${units} of resource "${resource}", and ${free} of ${pool.capacity} are free: held by ${names}`
    case 'max-instances':
      return `${pool.capacity} of ${resource} run at once, and these do: ${names}`
    case 'exclusive':
      if (units > 1) return `runs alone in plan "${resource}", and these run: ${names}`
      return `${names} runs alone in plan "${resource}"`
  }
}

function describeWish({ requires, alone }: StateRequest): string {
  if (!alone) return `needs the world in ${requires.join(' or ')}`
  if (requires.length === 0) return 'changes the world, so it needs it alone'
  return `needs the world alone, in ${requires.join(' or ')}`
}

function describeHold({ holders, states }: StateHold): string {
  const names = namesOf(holders)
  if (states === undefined) return `${names} is moving it`
  return `it is held in ${states.join(' & ')} by ${names}`
}

function describeMachine({ shape }: StateRequest, world: StateHold): string {
  return shape === world.shape ? '' : ', with an older version of the plan whose machine is another'
}

const MOST_NAMED = 5

function namesOf(holders: readonly Blocker[]): string {
  const names = holders.slice(0, MOST_NAMED).map(nameOf)
  const more = holders.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function inTheWay(holders: readonly Blocker[]): Pick<Refusal, 'until' | 'holder'> {
  let first = holders[0]
  if (first === undefined) return { holder: undefined, until: undefined }
  for (const holder of holders) if (sortOf(holder) < sortOf(first)) first = holder
  return { holder: idOf(first), until: endOf(first) }
}

function sortOf(holder: Blocker): number {
  return endOf(holder) ?? Number.POSITIVE_INFINITY
}
