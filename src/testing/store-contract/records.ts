import type { Settlement, Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest, Store } from '../../ports/store.ts'

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
    deliveries: 0,
    notBefore: undefined,
    timeout: undefined,
    requires: [],
    idempotencyKey: undefined,
    tags: [],
    source: 'api',
    parentId: undefined,
    traceId: undefined,
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

export function idsOf(tasklets: readonly Tasklet[]): string[] {
  return tasklets.map(({ id }) => id)
}

export async function total(store: Store): Promise<number> {
  return Object.values(await store.counts()).reduce((sum, count) => sum + count, 0)
}
