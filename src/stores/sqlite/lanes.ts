import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ClaimRequest } from '../../ports/store.ts'
import { toClaimed } from '../moves.ts'
import type { Names } from './names.ts'
import { prepareRead, type Rows, readAll } from './rows.ts'

interface Place {
  readonly priority: number
  readonly sequence: number
}

/**
 * The pending work, one lane for each task in each queue: so looking past a task that cannot run
 * costs the same however much of it waits. A lane is a range of the index `ready`, which holds all
 * that selection reads; the lanes are merged here.
 */
export class Lanes {
  readonly #names: Names
  readonly #rows: Rows
  readonly #ahead: StatementSync
  readonly #read: StatementSync
  readonly #lease: StatementSync

  constructor(db: DatabaseSync, names: Names, rows: Rows) {
    this.#names = names
    this.#rows = rows
    this.#ahead = db.prepare(`SELECT priority, sequence FROM tasklets INDEXED BY ready
      WHERE status = 2 AND queue = ? AND task = ? ORDER BY priority, sequence LIMIT ? OFFSET ?`)
    this.#read = prepareRead(db, 'WHERE sequence IN (SELECT value FROM json_each(?))')
    this.#lease = db.prepare(`UPDATE tasklets SET status = 3, deliveries = deliveries + 1,
      owner = ?, lease_until = ?, started_at = ?, updated_at = ?
      WHERE status = 2 AND sequence IN (SELECT value FROM json_each(?))`)
  }

  /** Leases up to `limit` tasklets that may run: inside a transaction only. */
  claim(request: ClaimRequest): readonly Tasklet[] {
    const places = this.#select(request)
    if (places.length === 0) return []
    const { owner, leaseUntil, now } = request
    const chosen = JSON.stringify(places.map(({ sequence }) => sequence))
    const pending = readAll(this.#read, chosen).map((cells) => this.#rows.toTasklet(cells))
    this.#lease.run(this.#names.idOf(owner), leaseUntil, now, now, chosen)
    return pending.sort(byPlace).map((tasklet) => toClaimed(tasklet, request))
  }

  #select(request: ClaimRequest): readonly Place[] {
    const queue = this.#names.find(request.queue)
    if (queue === undefined) return []
    const tasks = this.#runnable(request)
    const share = Math.ceil((2 * request.limit) / Math.max(tasks.length, 1))
    const lanes = tasks
      .map((task) => new Lane(this.#ahead, queue, task, Math.min(share, request.limit)))
      .filter((lane) => lane.first !== undefined)
    const chosen: Place[] = []
    while (chosen.length < request.limit) {
      const place = nearest(lanes)?.shift()
      if (place === undefined) break
      chosen.push(place)
    }
    return chosen
  }

  #runnable({ knownPlans, skipTasks }: ClaimRequest): number[] {
    const found: number[] = []
    for (const [id, { plan, name }] of this.#names.tasks()) {
      if (knownPlans.includes(plan) && !skipTasks.includes(`${plan}/${name}`)) found.push(id)
    }
    return found
  }
}

/** The places of one lane in their order, read a chunk at a time. */
class Lane {
  readonly #ahead: StatementSync
  readonly #queue: number
  readonly #task: number
  readonly #chunk: number
  #read = 0
  #places: readonly Place[] = []
  #next = 0

  constructor(ahead: StatementSync, queue: number, task: number, chunk: number) {
    this.#ahead = ahead
    this.#queue = queue
    this.#task = task
    this.#chunk = chunk
    this.#fill()
  }

  get first(): Place | undefined {
    return this.#places[this.#next]
  }

  shift(): Place | undefined {
    const place = this.first
    this.#next += 1
    if (this.#next === this.#chunk) this.#fill()
    return place
  }

  #fill(): void {
    const rows = this.#ahead.all(this.#queue, this.#task, this.#chunk, this.#read)
    this.#places = rows.map((row) => ({
      priority: Number(row.priority),
      sequence: Number(row.sequence),
    }))
    this.#read += rows.length
    this.#next = 0
  }
}

function nearest(lanes: readonly Lane[]): Lane | undefined {
  let best: Lane | undefined
  for (const lane of lanes) {
    if (lane.first === undefined) continue
    if (best?.first === undefined || byPlace(lane.first, best.first) < 0) best = lane
  }
  return best
}

function byPlace(one: Place, other: Place): number {
  return one.priority - other.priority || one.sequence - other.sequence
}
