import { InputError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'

export interface ExecutableServices {
  readonly store: Store
  /** Queues that this process serves. */
  readonly queueNames: readonly string[]
  /** Whether the task, by its full name, is left to consumers. */
  isExternal(fullName: string): boolean
  /** What the process would ask the store for, were there room. */
  claimRequest(queue: string): ClaimRequest
}

export interface ExecutableOptions {
  readonly plan?: string
  /** The name of the task within `plan`, or its full name without that. */
  readonly task?: string
  readonly queue?: string
  /** An integer ≥ 1; 50 unless given. */
  readonly limit?: number
}

const DEFAULT_LIMIT = 50

/**
 * What could be started now, and nothing is claimed. Every queue is served on its own, so between
 * queues the order is that of priority, then submission.
 */
export async function readExecutable(
  services: ExecutableServices,
  options: ExecutableOptions = {},
): Promise<readonly Tasklet[]> {
  const { limit = DEFAULT_LIMIT, queue } = options
  if (!Number.isInteger(limit) || limit < 1) {
    throw new InputError(`limit must be an integer ≥ 1, not ${limit}`)
  }
  const queues = queue === undefined ? services.queueNames : [queue]
  const lines = await Promise.all(
    queues.map((name) => services.store.candidates(toRequest(services, name, options, limit))),
  )
  return merge(lines, limit)
}

function toRequest(
  services: ExecutableServices,
  queue: string,
  { plan, task }: ExecutableOptions,
  limit: number,
): ClaimRequest {
  const request = services.claimRequest(queue)
  return {
    ...request,
    limit,
    // Claims leave these to consumers; for a consumer they are what there is to do.
    skipTasks: request.skipTasks.filter((name) => !services.isExternal(name)),
    onlyTasks: task === undefined ? undefined : [plan === undefined ? task : `${plan}/${task}`],
    knownPlans: request.knownPlans.filter((name) => plan === undefined || name === plan),
  }
}

/** Takes the first of the heads again and again, so that each line keeps its order. */
function merge(lines: readonly (readonly Tasklet[])[], limit: number): readonly Tasklet[] {
  const rests = lines.filter((line) => line.length > 0).map((line) => [...line])
  const merged: Tasklet[] = []
  while (merged.length < limit && rests.length > 0) {
    rests.sort(([a], [b]) => compare(a, b))
    const first = rests[0]?.shift()
    if (first !== undefined) merged.push(first)
    if (rests[0]?.length === 0) rests.shift()
  }
  return merged
}

function compare(a: Tasklet | undefined, b: Tasklet | undefined): number {
  if (a === undefined || b === undefined) return 0
  return a.priority - b.priority || a.sequence - b.sequence
}
