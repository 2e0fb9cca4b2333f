import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { effectivePriority } from '../../core/priority.ts'
import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Head } from '../selection.ts'
import { type Cells, readAll } from './columns.ts'
import type { Names, TaskName } from './names.ts'
import type { LaneKey, Turns } from './turns.ts'

/** What is read of a place; its index holds all but the last, which only ageing asks for. */
const PLACE = 'SELECT priority, rank, sequence'
const AGED_PLACE = `${PLACE}, updated_at`
const ORDERED = 'ORDER BY priority, rank LIMIT ? OFFSET ?'
const UNEXPIRED = 'AND (expires_at IS NULL OR expires_at > ?)'

const CHOSEN = `SELECT task, grp, priority, rank, sequence, updated_at FROM tasklets
  WHERE id IN (SELECT value FROM json_each(?1)) AND +status = 2 AND +queue = ?2
  AND (expires_at IS NULL OR expires_at > ?3) ORDER BY priority, rank`

/**
 * The pending work of a queue, one lane for each task and group (with ageing, and priority): so
 * looking past what cannot run costs the same however much of it waits. A lane is a range of the
 * index `ready`; the lanes themselves are found by leaping through it.
 */
export class Lanes {
  readonly #names: Names
  readonly #turns: Turns
  readonly #nextGroup: StatementSync
  readonly #nextPriority: StatementSync
  readonly #anyExpired: StatementSync
  readonly #chosen: StatementSync
  readonly #places: Readonly<
    Record<'all' | 'unexpired' | 'level' | 'unexpiredLevel', StatementSync>
  >

  constructor(db: DatabaseSync, names: Names, turns: Turns) {
    this.#names = names
    this.#turns = turns
    this.#nextGroup = db.prepare(`SELECT grp FROM tasklets INDEXED BY ready
      WHERE status = 2 AND queue = ? AND task = ? AND grp > ? ORDER BY grp LIMIT 1`)
    this.#nextPriority = db.prepare(`SELECT priority FROM tasklets INDEXED BY ready
      WHERE status = 2 AND queue = ? AND task = ? AND grp = ? AND priority > ?
      ORDER BY priority LIMIT 1`)
    this.#chosen = db.prepare(CHOSEN)
    this.#chosen.setReturnArrays(true)
    this.#anyExpired = db.prepare(`SELECT 1 FROM tasklets INDEXED BY expiries
      WHERE expires_at IS NOT NULL AND status < 5 AND status <> 3 AND expires_at <= ? LIMIT 1`)
    const lane =
      'FROM tasklets INDEXED BY ready WHERE status = 2 AND queue = ? AND task = ? AND grp = ?'
    const preparePlaces = (sql: string) => {
      const statement = db.prepare(sql)
      statement.setReturnArrays(true)
      return statement
    }
    this.#places = {
      all: preparePlaces(`${PLACE} ${lane} ${ORDERED}`),
      unexpired: preparePlaces(`${PLACE} ${lane} ${UNEXPIRED} ${ORDERED}`),
      level: preparePlaces(`${AGED_PLACE} ${lane} AND priority = ? ${ORDERED}`),
      unexpiredLevel: preparePlaces(
        `${AGED_PLACE} ${lane} AND priority = ? ${UNEXPIRED} ${ORDERED}`,
      ),
    }
  }

  /** The lanes of the tasks that the request can run, and that have something pending. */
  open(queue: number, request: ClaimRequest): Lane[] {
    const lanes =
      request.ids === undefined
        ? this.#openAll(queue, request)
        : this.#openChosen(queue, request, request.ids)
    return lanes.filter((lane) => lane.fill())
  }

  #openAll(queue: number, request: ClaimRequest): Lane[] {
    const keys = this.#keys(queue, request)
    const hasExpired = this.#anyExpired.get(request.now) !== undefined
    const chunk = Math.min(request.limit, Math.ceil((2 * request.limit) / Math.max(keys.length, 1)))
    return keys.map(({ key, name }) => {
      const read = this.#reader(key, request.now, hasExpired)
      return this.#lane({ key, name, read, chunk: Math.max(chunk, 1), request })
    })
  }

  /** Lanes that hold only the given tasklets. */
  #openChosen(queue: number, request: ClaimRequest, ids: readonly string[]): Lane[] {
    const found = new Map<string, { readonly key: LaneKey; readonly places: Cells[] }>()
    for (const cells of readAll(this.#chosen, JSON.stringify(ids), queue, request.now)) {
      const [task, group, priority] = cells.slice(0, 3).map(Number)
      const level = request.ageing === undefined ? undefined : priority
      const name = JSON.stringify([task, group, level])
      const key = { queue, task: task ?? 0, group: group ?? 0, priority: level }
      const lane = found.get(name) ?? { key, places: [] }
      found.set(name, lane)
      lane.places.push(cells.slice(2))
    }
    return [...found.values()].flatMap(({ key, places }) => {
      const named = this.#names.taskOf(key.task)
      const name = `${named.plan}/${named.name}`
      if (!isRunnable(named, name, request)) return []
      const read = (count: number, skip: number) => places.slice(skip, skip + count)
      return [this.#lane({ key, name, read, chunk: places.length, request })]
    })
  }

  #lane(options: Omit<LaneOptions, 'group' | 'turn'>): Lane {
    const { key } = options
    const group = key.group === 0 ? undefined : this.#names.textOf(key.group)
    return new Lane({ ...options, group, turn: this.#turns.of(key) })
  }

  #keys(queue: number, request: ClaimRequest): { key: LaneKey; name: string }[] {
    const found: { key: LaneKey; name: string }[] = []
    for (const [task, named] of this.#names.tasks()) {
      const name = `${named.plan}/${named.name}`
      if (!isRunnable(named, name, request)) continue
      for (const group of leap((after) => this.#nextGroup.get(queue, task, after)?.['grp'])) {
        if (request.ageing === undefined) {
          found.push({ key: { queue, task, group, priority: undefined }, name })
          continue
        }
        const next = (after: number) =>
          this.#nextPriority.get(queue, task, group, after)?.['priority']
        for (const priority of leap(next))
          found.push({ key: { queue, task, group, priority }, name })
      }
    }
    return found
  }

  #reader({ queue, task, group, priority }: LaneKey, now: number, hasExpired: boolean) {
    const { all, unexpired, level, unexpiredLevel } = this.#places
    const base = [queue, task, group]
    if (priority !== undefined) base.push(priority)
    if (hasExpired) base.push(now)
    const plain = priority === undefined ? all : level
    const filtered = priority === undefined ? unexpired : unexpiredLevel
    const statement = hasExpired ? filtered : plain
    return (count: number, skip: number) => readAll(statement, ...base, count, skip)
  }
}

function* leap(next: (after: number) => unknown): Iterable<number> {
  for (let at = next(-1); at !== undefined; at = next(Number(at))) yield Number(at)
}

function isRunnable({ plan }: TaskName, name: string, request: ClaimRequest): boolean {
  const { knownPlans, skipTasks, onlyTasks } = request
  if (!knownPlans.includes(plan) || skipTasks.includes(name)) return false
  return onlyTasks === undefined || onlyTasks.includes(name)
}

interface LaneOptions {
  readonly key: LaneKey
  readonly name: string
  readonly group: string | undefined
  readonly turn: number
  readonly read: (count: number, skip: number) => readonly Cells[]
  readonly chunk: number
  readonly request: ClaimRequest
}

/** The places of one lane in their order, read a chunk at a time; itself the head of it. */
export class Lane implements Head {
  readonly key: LaneKey
  readonly task: string
  readonly group: string | undefined
  turn: number
  priority = 0
  rank = 0
  sequence = 0
  readonly #read: LaneOptions['read']
  readonly #chunk: number
  readonly #request: ClaimRequest
  #places: readonly Cells[] = []
  #next = 0
  #seen = 0

  constructor({ key, name, group, turn, read, chunk, request }: LaneOptions) {
    this.key = key
    this.task = name
    this.group = group
    this.turn = turn
    this.#read = read
    this.#chunk = chunk
    this.#request = request
  }

  /** Goes on to the next place; false when there is none. */
  fill(): boolean {
    if (this.#next === this.#places.length) {
      if (this.#seen > 0 && this.#places.length < this.#chunk) return false
      this.#places = this.#read(this.#chunk, this.#seen)
      this.#seen += this.#places.length
      this.#next = 0
    }
    const place = this.#places[this.#next]
    if (place === undefined) return false
    this.#next += 1
    const { ageing, now } = this.#request
    const [priority, rank, sequence, updatedAt] = place
    this.priority =
      ageing === undefined
        ? Number(priority)
        : effectivePriority(Number(priority), Number(updatedAt), now, ageing)
    this.rank = Number(rank)
    this.sequence = Number(sequence)
    return true
  }
}
