import type { ClaimRequest } from '../../ports/store-messages.ts'
import { PLACE } from './lane.ts'
import type { SqlParameter, SqlRow, SqlSession } from './session.ts'

const PENDING = 'tasklets.status = 2 AND tasklets.queue = ?'
const PLACES = `(SELECT ${PLACE.replace(/\w+/g, 'tasklets.$&')}, turns.served FROM tasklets
  LEFT JOIN turns ON turns.queue = ? AND turns.lane = ?
  WHERE ${PENDING} AND (tasklets.expires_at IS NULL OR tasklets.expires_at > ?)
  AND tasklets.lane = ? ORDER BY tasklets.priority, tasklets.place LIMIT ?)`

/** What the index alone can tell, in the columns of a place. */
const FIRST = `SELECT tasklets.sequence, tasklets.lane, '', '', '', 0, 0, 0, 0, NULL
  FROM tasklets WHERE ${PENDING}`

/** With more lanes, reading the index from end to end is not much dearer than so many probes. */
const MOST = 32
/** Statements for lanes that were not known. */
const ROUNDS = 4

/** Between two lanes, without these; undefined: no bound. */
type Gap = readonly [after: string | undefined, before: string | undefined]

/**
 * The lanes of a queue, for an engine that cannot leap through an index: those of the last time, and
 * a look into each gap between them, where the first lane that is new shows. Costs the same however
 * much waits.
 */
export class LaneProbes {
  /** By queue, in order. */
  readonly #known = new Map<string, readonly string[]>()

  /** The first places of every lane; undefined when there are too many lanes, or too many new ones. */
  async read(
    session: SqlSession,
    { queue, now }: ClaimRequest,
    count: number,
  ): Promise<readonly SqlRow[] | undefined> {
    let lanes = this.#known.get(queue) ?? []
    let gaps = gapsAround(lanes)
    const places: SqlRow[] = []
    for (let round = 1; round <= ROUNDS && lanes.length <= MOST; round += 1) {
      const { sql, values } = toStatement({ queue, now, count }, lanes, gaps)
      const asked = new Set(lanes)
      const found: string[] = []
      for (const row of await session.all(sql, values)) {
        if (asked.has(String(row['lane']))) places.push(row)
        else found.push(String(row['lane']))
      }
      if (found.length === 0) {
        this.learn(queue, places)
        return places
      }
      // Nothing is before what was found first in its gap.
      gaps = found.map((lane): Gap => [lane, gaps.find((gap) => lies(lane, gap))?.[1]])
      lanes = found
    }
    return undefined
  }

  /** These were found with something pending. */
  learn(queue: string, rows: readonly SqlRow[]): void {
    this.#known.set(queue, [...new Set(rows.map(({ lane }) => String(lane)))].sort())
  }
}

function gapsAround(lanes: readonly string[]): readonly Gap[] {
  return [...lanes, undefined].map((lane, place): Gap => [lanes[place - 1], lane])
}

function lies(lane: string, [after, before]: Gap): boolean {
  return (after === undefined || lane > after) && (before === undefined || lane < before)
}

function toStatement(
  { queue, now, count }: { queue: string; now: number; count: number },
  lanes: readonly string[],
  gaps: readonly Gap[],
) {
  const parts = lanes.map(() => PLACES)
  const values: SqlParameter[] = lanes.flatMap((lane) => [queue, lane, queue, now, lane, count])
  for (const [after, before] of gaps) {
    const bounds = `${after === undefined ? '' : ' AND tasklets.lane > ?'}${before === undefined ? '' : ' AND tasklets.lane < ?'}`
    parts.push(`(${FIRST}${bounds} ORDER BY tasklets.lane LIMIT 1)`)
    values.push(queue, ...[after, before].filter((bound) => bound !== undefined))
  }
  return { sql: parts.join(' UNION ALL '), values }
}
