import { NEVER } from '../../src/core/duration.ts'
import { isFinal } from '../../src/core/status.ts'
import type { Tasklet } from '../../src/core/tasklet.ts'
import type { Store } from '../../src/ports/store.ts'
import type { Place } from '../../src/stores/order.ts'
import { NOW } from '../../src/testing/store-contract/records.ts'

/** What the model knows of one record. Its place in the array is its submission order. */
export interface Known {
  readonly id: string
  readonly task: string
  readonly group: string | undefined
  /** What it waits for: a follow-up has both its own dependency and the one before it. */
  readonly firsts: readonly string[]
  readonly policy: Tasklet['onDependencyFailure']
  readonly isUnique: boolean
  expiresAt: number | undefined
  priority: number
  rank: number
  status: Tasklet['status']
  notBefore: number | undefined
  hasStarted: boolean
  deliveries: number
  lost: number
  leaseUntil: number
  stopping: boolean
  interruptions: number
  deadline: Tasklet['deadline']
  /** The record as it was handed out under the latest lease. */
  handed: Tasklet | undefined
  /** Units of the one pool, and the lease under which they were given. */
  held: { readonly token: number; readonly units: number } | undefined
}

export interface World {
  readonly store: Store
  readonly known: Known[]
  /** Groups of tasks in the order in which they were last served. */
  readonly served: string[]
  now: number
  isPaused: boolean
}

export function newWorld(store: Store): World {
  return { store, known: [], served: [], now: NOW, isPaused: false }
}

/** Takes up a submission; false when it is a duplicate. */
export function admit(world: World, given: Tasklet): boolean {
  const holder = world.known.findLast(
    (one) => given.unique && one.isUnique && one.task === given.task && !isFinal(one.status),
  )
  const wish = given.unique?.onDuplicate
  if (holder === undefined) add(world, given)
  else if (wish !== 'return' && !holder.hasStarted) replace(holder, given)
  else if (wish === 'keep-last') add(world, given, holder.id)
  return holder === undefined || (wish === 'keep-last' && world.known.at(-1)?.id === given.id)
}

function add(world: World, given: Tasklet, behind?: string): void {
  world.known.push({
    id: given.id,
    task: given.task,
    group: given.group,
    firsts: [...given.dependencies.map(({ id }) => id), behind ?? []].flat(),
    policy: behind === undefined ? given.onDependencyFailure : 'run',
    isUnique: given.unique !== undefined,
    expiresAt: given.expiresAt,
    priority: given.priority,
    rank: world.known.length + 1,
    status: behind === undefined ? given.status : 'blocked',
    notBefore: given.notBefore,
    hasStarted: false,
    deliveries: 0,
    lost: 0,
    leaseUntil: 0,
    stopping: false,
    interruptions: 0,
    deadline: undefined,
    handed: undefined,
    held: undefined,
  })
  settleDependents(world)
}

function replace(holder: Known, { priority, notBefore }: Tasklet): void {
  holder.priority = priority
  if (holder.status !== 'pending') holder.notBefore = notBefore
  if (holder.status === 'scheduled' && notBefore === undefined) holder.status = 'pending'
}

/** Moves blocked ones until nothing changes any more; returns those that moved. */
export function settleDependents({ known, now }: World): Known[] {
  const changed: Known[] = []
  for (let next = findFreed(known); next !== undefined; next = findFreed(known)) {
    const { one, hasFailed } = next
    if (hasFailed) one.status = one.policy === 'cancel' ? 'cancelled' : 'failed'
    else release(one, now)
    changed.push(one)
  }
  return changed
}

function findFreed(known: readonly Known[]): { one: Known; hasFailed: boolean } | undefined {
  for (const one of known) {
    if (one.status !== 'blocked') continue
    const firsts = known.filter(({ id }) => one.firsts.includes(id)).map(({ status }) => status)
    const ended = firsts.filter(isFinal)
    const hasFailed = one.policy !== 'run' && ended.some((status) => status !== 'completed')
    if (hasFailed || ended.length === firsts.length) return { one, hasFailed }
  }
  return undefined
}

function release(one: Known, now: number): void {
  const isLater = one.notBefore !== undefined && one.notBefore > now
  one.status = isLater ? 'scheduled' : 'pending'
  if (!isLater) one.notBefore = undefined
}

/** The pending ones, first to run first. */
export function order({ known }: World): Known[] {
  return known
    .filter(({ status }) => status === 'pending')
    .sort((one, other) => one.priority - other.priority || one.rank - other.rank)
}

export function place({ known }: World, places: readonly Place[]): void {
  for (const { id, priority, rank } of places) {
    const one = known.find((each) => each.id === id)
    if (one) Object.assign(one, { priority, rank })
  }
}

/** What a claim leases: the oldest decides on the task, the turn on the group of the task. */
export function select(
  world: World,
  { limit, skipped, ids }: { limit: number; skipped: readonly string[]; ids?: readonly string[] },
): Known[] {
  const { now, served } = world
  const left = order(world)
    .filter(({ task, expiresAt = now + 1 }) => expiresAt > now && !skipped.includes(task))
    .filter(({ id }) => ids === undefined || ids.includes(id))
  const selected: Known[] = []
  while (!world.isPaused && selected.length < limit) {
    const [oldest] = left
    if (oldest === undefined) break
    const equals = left.filter(
      (one) => one.task === oldest.task && one.priority === oldest.priority,
    )
    const [next = oldest] = equals.sort((a, b) => turnOf(served, a) - turnOf(served, b))
    left.splice(left.indexOf(next), 1)
    selected.push(next)
    served.push(groupOf(next))
  }
  return selected
}

function turnOf(served: readonly string[], one: Known): number {
  return served.lastIndexOf(groupOf(one))
}

function groupOf({ task, group }: Known): string {
  return `${task} ${group ?? ''}`
}

/** When something is due for it, whether its lease ends, it starts or it expires. */
export function dueTimes({ status, notBefore, expiresAt, leaseUntil }: Known): number[] {
  if (isFinal(status)) return []
  if (status === 'running') return [leaseUntil]
  const start = status === 'blocked' ? undefined : notBefore
  return [start, expiresAt].filter((time) => time !== undefined).filter((time) => time < NEVER)
}
