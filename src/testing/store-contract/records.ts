import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest, LeaseRef } from '../../ports/store-messages.ts'

/** An arbitrary instant; everything in the contract happens around it. */
export const NOW = 1_800_000_000_000
export const LEASE = 30_000

let made = 0

/** A pending record of `plan/task` in the queue `main`. */
export function newTasklet(changes: Partial<Tasklet> = {}): Tasklet {
  made += 1
  return {
    id: `tasklet-${made}`,
    plan: 'plan',
    task: 'task',
    planVersion: 'version',
    queue: 'main',
    priority: 500,
    sequence: 0,
    status: 'pending',
    input: undefined,
    initialContext: undefined,
    output: undefined,
    error: undefined,
    trail: undefined,
    attempts: 0,
    maxAttempts: 3,
    backoff: undefined,
    deliveries: 0,
    notBefore: undefined,
    timeout: undefined,
    requires: [],
    dependencies: [],
    onDependencyFailure: 'fail',
    expiresAt: undefined,
    group: undefined,
    unique: undefined,
    failures: [],
    timeouts: undefined,
    deadline: undefined,
    event: undefined,
    interruptions: 0,
    replayOf: undefined,
    replayedBy: undefined,
    idempotencyKey: undefined,
    tags: [],
    source: 'api',
    parentId: undefined,
    traceId: undefined,
    traceparent: undefined,
    estimatedDuration: undefined,
    actualDuration: undefined,
    createdAt: NOW,
    updatedAt: NOW,
    startedAt: undefined,
    settledAt: undefined,
    lease: undefined,
    cancelRequested: undefined,
    ...changes,
  }
}

export function newTasklets(count: number, changes: Partial<Tasklet> = {}): Tasklet[] {
  return Array.from({ length: count }, () => newTasklet(changes))
}

/** A record that waits for the others, under the keys `0`, `1`, … */
export function behind(others: Tasklet | readonly Tasklet[], changes: Partial<Tasklet> = {}) {
  const dependencies = [others].flat().map(({ id }, index) => ({ key: String(index), id }))
  return newTasklet({ status: 'blocked', dependencies, ...changes })
}

export function claimOf(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  return {
    queue: 'main',
    owner: 'owner',
    limit: 100,
    now: NOW,
    leaseUntil: NOW + LEASE,
    skipTasks: [],
    knownPlans: ['plan'],
    ...changes,
  }
}

/** Inserts one record and leases it. */
export async function startNew(store: Store, changes: Partial<Tasklet> = {}): Promise<Tasklet> {
  await store.insert([newTasklet(changes)])
  return claimOne(store)
}

/** Leases the next record of the queue `main`. */
export async function claimOne(store: Store, changes: Partial<ClaimRequest> = {}) {
  const [claimed] = await store.claim(claimOf({ limit: 1, ...changes }))
  if (claimed === undefined) throw new Error('there was nothing to claim')
  return claimed
}

/** The completion of a leased record, one second after its start. */
export function settlementOf(tasklet: Tasklet, changes: Partial<Settlement> = {}): Settlement {
  return {
    id: tasklet.id,
    token: tokenOf(tasklet),
    status: 'completed',
    at: NOW + 1000,
    attempts: tasklet.attempts,
    output: undefined,
    error: undefined,
    trail: undefined,
    notBefore: undefined,
    actualDuration: 900.5,
    ...changes,
  }
}

export function tokenOf({ id, lease }: Tasklet): number {
  if (lease === undefined) throw new Error(`tasklet ${id} has no lease`)
  return lease.token
}

export function leaseOf(tasklet: Tasklet): LeaseRef {
  return { id: tasklet.id, token: tokenOf(tasklet) }
}

export function idsOf(tasklets: readonly Tasklet[]): string[] {
  return tasklets.map(({ id }) => id)
}

export async function statusOf(store: Store, ...ids: readonly string[]): Promise<string[]> {
  return (await store.getMany(ids)).map(({ status }) => status)
}

/** Completes, fails or gives back the next record of the queue `main`. */
export async function settleNext(store: Store, changes: Partial<Settlement> = {}) {
  const [outcome] = await store.settle([settlementOf(await claimOne(store), changes)])
  if (!outcome?.accepted) throw new Error('the settlement was refused')
  return outcome
}

export async function total(store: Store): Promise<number> {
  return Object.values(await store.counts()).reduce((sum, count) => sum + count, 0)
}
