import { STATUSES, type Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store.ts'
import { toJson } from '../values.ts'
import { Due } from './due.ts'
import { Lanes } from './lanes.ts'

type Counts = Record<Status, number>

/**
 * Every record and where it waits. Records are replaced, never changed, so an entry in an index is
 * current exactly while the map holds the very record that the entry holds.
 */
export class Records {
  readonly #byId = new Map<string, Tasklet>()
  readonly #ids: string[] = []
  readonly #byKey = new Map<string, string>()
  readonly #counts = new Map<string, Counts>()
  readonly #ready = new Lanes((tasklet) => this.#isCurrent(tasklet))
  readonly #leased = new Set<string>()
  /** `scheduled` and `retrying` records by `notBefore`. */
  readonly later = new Due((tasklet) => this.#isCurrent(tasklet))
  /** Running records by the end of their lease. */
  readonly leases = new Due((tasklet) => this.#isCurrent(tasklet))

  get last(): number {
    return this.#ids.length
  }

  get(id: string): Tasklet | undefined {
    return this.#byId.get(id)
  }

  at(sequence: number): Tasklet | undefined {
    return this.#byId.get(this.#ids[sequence - 1] ?? '')
  }

  firstWith(key: string): Tasklet | undefined {
    return this.#byId.get(this.#byKey.get(key) ?? '')
  }

  *running(): Iterable<Tasklet> {
    for (const id of this.#leased) {
      const tasklet = this.#byId.get(id)
      if (tasklet !== undefined) yield tasklet
    }
  }

  counts(queue: string | undefined): Counts {
    const total = noCounts()
    for (const [name, counts] of this.#counts) {
      if (queue !== undefined && queue !== name) continue
      for (const status of STATUSES) total[status] += counts[status]
    }
    return total
  }

  add(tasklet: Tasklet): void {
    this.#ids.push(tasklet.id)
    const key = keyOf(tasklet)
    if (key !== undefined) this.#byKey.set(key, tasklet.id)
    this.#file(tasklet)
  }

  replace(previous: Tasklet, next: Tasklet): Tasklet {
    this.#countsOf(previous.queue)[previous.status] -= 1
    if (previous.status === 'running') this.#leased.delete(previous.id)
    this.#file(next)
    return next
  }

  takeReady(request: ClaimRequest): Tasklet[] {
    return this.#ready.take(request)
  }

  #file(tasklet: Tasklet): void {
    this.#byId.set(tasklet.id, tasklet)
    this.#countsOf(tasklet.queue)[tasklet.status] += 1
    if (tasklet.status === 'pending') {
      this.#ready.add(tasklet)
    } else if (tasklet.lease !== undefined) {
      this.#leased.add(tasklet.id)
      this.leases.add(tasklet.lease.until, tasklet)
    } else if (tasklet.status === 'scheduled' || tasklet.status === 'retrying') {
      this.later.add(tasklet.notBefore ?? Number.NEGATIVE_INFINITY, tasklet)
    }
  }

  #countsOf(queue: string): Counts {
    let counts = this.#counts.get(queue)
    if (counts === undefined) {
      counts = noCounts()
      this.#counts.set(queue, counts)
    }
    return counts
  }

  #isCurrent(tasklet: Tasklet): boolean {
    return this.#byId.get(tasklet.id) === tasklet
  }
}

/** The name under which the first record with an idempotency key is found; undefined without one. */
export function keyOf({ plan, task, idempotencyKey }: Tasklet): string | undefined {
  return idempotencyKey === undefined ? undefined : JSON.stringify([plan, task, idempotencyKey])
}

/** A record that shares no value with the stored one, whatever its reader does with it. */
export function toReader(tasklet: Tasklet): Tasklet {
  const { input, initialContext, output } = tasklet
  if (isPrimitive(input) && isPrimitive(initialContext) && isPrimitive(output)) return tasklet
  return {
    ...tasklet,
    input: toJson(input, 'input'),
    initialContext: toJson(initialContext, 'initialContext'),
    output: toJson(output, 'output'),
  }
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function noCounts(): Counts {
  return {
    blocked: 0,
    scheduled: 0,
    pending: 0,
    running: 0,
    retrying: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  }
}
