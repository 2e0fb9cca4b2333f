import type { ClaimRequest } from '../../ports/store-messages.ts'
import type { Dialect } from './dialect.ts'
import { Lane, PLACE, type Place, toPlace } from './lane.ts'
import { LaneProbes } from './lane-probes.ts'
import type { SqlParameter, SqlRow, SqlSession } from './session.ts'

const PENDING = 'FROM tasklets WHERE status = 2 AND queue = ?'
const UNEXPIRED = '(expires_at IS NULL OR expires_at > ?)'
const ORDERED = 'ORDER BY priority, place LIMIT ?'

/** The lanes of a queue, found by leaping through the index; the last one found is NULL. */
const LANES = `WITH RECURSIVE lanes (lane) AS (
    (SELECT lane ${PENDING} ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT next.lane FROM tasklets AS next WHERE next.status = 2 AND next.queue = ?
      AND next.lane > lanes.lane ORDER BY next.lane LIMIT 1)
    FROM lanes WHERE lanes.lane IS NOT NULL)`

/** The same by lane and priority, for a queue whose work ages. */
const LEVELS = `${LANES}, levels (lane, level) AS (
    SELECT lanes.lane, (SELECT min(priority) FROM tasklets AS one
      WHERE one.status = 2 AND one.queue = ? AND one.lane = lanes.lane)
    FROM lanes WHERE lanes.lane IS NOT NULL
    UNION ALL
    SELECT levels.lane, (SELECT min(next.priority) FROM tasklets AS next WHERE next.status = 2
      AND next.queue = ? AND next.lane = levels.lane AND next.priority > levels.level)
    FROM levels WHERE levels.level IS NOT NULL)`

const FOUND = `${LANES} SELECT lanes.lane, turns.served FROM lanes
  LEFT JOIN turns ON turns.queue = ? AND turns.lane = lanes.lane WHERE lanes.lane IS NOT NULL`
const FOUND_LEVELS = `${LEVELS} SELECT levels.lane, levels.level, turns.served FROM levels
  LEFT JOIN turns ON turns.queue = ? AND turns.lane = levels.lane WHERE levels.level IS NOT NULL`

/** Where a correlated subquery cannot leap through an index; it may read it from end to end. */
const grouped = (columns: string, level: string) =>
  `SELECT lanes.*, turns.served FROM (
    SELECT lane${level} ${PENDING} GROUP BY status, queue, ${columns}) AS lanes
    LEFT JOIN turns ON turns.queue = ? AND turns.lane = lanes.lane`
const GROUPED = grouped('lane', '')
const GROUPED_LEVELS = grouped('lane, priority', ', priority AS level')

const IN_LANE = `SELECT ${PLACE} ${PENDING} AND ${UNEXPIRED} AND lane = ?`
const IN_LEVEL = `${IN_LANE} AND priority = ?`

/** Lanes that are looked into by one statement. */
const TOGETHER = 32

/**
 * The pending work of a queue, one lane for each task and group (with ageing, and priority): so
 * looking past what cannot run costs the same however much of it waits.
 */
export class Lanes {
  readonly #places: string | undefined
  readonly #levelPlaces: string | undefined
  readonly #chosen: string
  readonly #probes = new LaneProbes()
  /** How many lanes a queue had the last time. */
  readonly #counts = new Map<string, number>()

  constructor(dialect: Dialect) {
    const found = (sql: string, name: string, condition: string) =>
      `SELECT found.served, place.* FROM (${sql}) AS found
        CROSS JOIN LATERAL (SELECT ${PLACE} ${PENDING} AND ${UNEXPIRED} AND ${condition}
          ${ORDERED}) AS place${name}`
    if (dialect.hasLateral) {
      this.#places = found(FOUND, '', 'lane = found.lane')
      this.#levelPlaces = found(FOUND_LEVELS, '', 'lane = found.lane AND priority = found.level')
    }
    this.#chosen = `SELECT ${PLACE.split(', ')
      .map((one) => `tasklets.${one}`)
      .join(', ')},
      turns.served FROM tasklets
      LEFT JOIN turns ON turns.queue = tasklets.queue AND turns.lane = tasklets.lane
      WHERE tasklets.id IN (SELECT given.id FROM ${dialect.given({ id: 'name' })})
      AND tasklets.status + 0 = 2 AND tasklets.queue = ? AND ${UNEXPIRED}
      ORDER BY tasklets.priority, tasklets.place`
  }

  /** The lanes of the tasks that the request can run, and that have something pending. */
  async open(session: SqlSession, request: ClaimRequest): Promise<Lane[]> {
    const { queue, limit } = request
    const isChosen = request.ids !== undefined
    const lanes = Math.max(this.#counts.get(queue) ?? 1, 1)
    const count = Math.max(1, Math.min(limit, Math.ceil((2 * limit) / lanes)))
    const rows = isChosen
      ? await this.#readChosen(session, request, request.ids)
      : await this.#readFirst(session, request, count)
    const opened = toLanes(rows, request, isChosen ? Number.POSITIVE_INFINITY : count)
    if (!isChosen) this.#counts.set(queue, opened.length)
    return opened
  }

  /** Reads more places of lanes, from their beginning on. */
  async extend(
    session: SqlSession,
    lanes: readonly Lane[],
    request: ClaimRequest,
    count: number,
  ): Promise<void> {
    const byKey = new Map(lanes.map((lane) => [keyOf(lane.lane, lane.level), lane]))
    const found = new Map<string, Place[]>()
    for (const row of await this.#readMore(session, lanes, request, count)) {
      const place = toPlace(row)
      const key = keyOf(place.lane, request.ageing && place.priority)
      const places = found.get(key) ?? []
      found.set(key, places)
      places.push(place)
    }
    for (const [key, lane] of byKey) lane.read(found.get(key) ?? [], count)
  }

  async #readMore(
    session: SqlSession,
    lanes: readonly Lane[],
    request: ClaimRequest,
    count: number,
  ): Promise<readonly SqlRow[]> {
    const rows: SqlRow[] = []
    const given = lanes.map(({ lane, level }) => ({ lane, level }))
    for (let first = 0; first < given.length; first += TOGETHER) {
      const part = given.slice(first, first + TOGETHER)
      rows.push(...(await readPart(session, part, request, count)))
    }
    return rows
  }

  async #readFirst(
    session: SqlSession,
    request: ClaimRequest,
    count: number,
  ): Promise<readonly SqlRow[]> {
    const { queue, now, ageing } = request
    const places = ageing === undefined ? this.#places : this.#levelPlaces
    if (places !== undefined) {
      const names = Array.from({ length: ageing === undefined ? 3 : 5 }, () => queue)
      return session.all(places, [...names, queue, now, count])
    }
    const probed =
      ageing === undefined ? await this.#probes.read(session, request, count) : undefined
    if (probed !== undefined) return probed
    const sql = ageing === undefined ? GROUPED : GROUPED_LEVELS
    const found = await session.all(sql, [queue, queue])
    if (ageing === undefined) this.#probes.learn(queue, found)
    const rows: SqlRow[] = []
    for (let first = 0; first < found.length; first += TOGETHER) {
      const part = found.slice(first, first + TOGETHER)
      rows.push(...(await readPart(session, part, request, count)))
    }
    return rows
  }

  #readChosen(
    session: SqlSession,
    { queue, now }: ClaimRequest,
    ids: readonly string[],
  ): Promise<readonly SqlRow[]> {
    const given = JSON.stringify([...new Set(ids)].map((id) => ({ id })))
    return session.all(this.#chosen, [given, queue, now])
  }
}

/** The first places of some lanes, for an engine that cannot find them with the lanes. */
async function readPart(
  session: SqlSession,
  lanes: readonly SqlRow[],
  { queue, now, ageing }: ClaimRequest,
  count: number,
): Promise<readonly SqlRow[]> {
  const one = `(${ageing === undefined ? IN_LANE : IN_LEVEL} ${ORDERED})`
  const values = lanes.flatMap(({ lane, level }): SqlParameter[] => [
    queue,
    now,
    String(lane),
    ...(ageing === undefined ? [] : [Number(level)]),
    count,
  ])
  const served = new Map(lanes.map((row) => [row['lane'], row['served']]))
  const rows = await session.all(lanes.map(() => one).join(' UNION ALL '), values)
  return rows.map((row) => ({ ...row, served: served.get(row['lane']) }))
}

/** Lanes that can be run, with the places that were read; `count` were asked for of each. */
function toLanes(rows: readonly SqlRow[], request: ClaimRequest, count: number): Lane[] {
  const found = new Map<string, { readonly places: Place[]; readonly turn: number }>()
  for (const row of rows) {
    const place = toPlace(row)
    const key = keyOf(place.lane, request.ageing && place.priority)
    const lane = found.get(key)
    if (lane === undefined) found.set(key, { places: [place], turn: Number(row['served'] ?? 0) })
    else lane.places.push(place)
  }
  return [...found.values()].flatMap(({ places, turn }) => {
    const [first] = places
    if (first === undefined || !isRunnable(first, request)) return []
    const lane = new Lane(first, turn, request)
    lane.read(places, count)
    lane.rewind()
    return [lane]
  })
}

function keyOf(lane: string, level: number | undefined): string {
  return level === undefined ? lane : `${lane} ${level}`
}

function isRunnable({ plan, task }: Place, request: ClaimRequest): boolean {
  const { knownPlans, skipTasks, onlyTasks } = request
  if (!knownPlans.includes(plan) || skipTasks.includes(task)) return false
  return onlyTasks === undefined || onlyTasks.includes(task)
}
