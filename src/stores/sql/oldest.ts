import type { Dialect } from './dialect.ts'
import { inParts } from './lists.ts'
import type { SqlParameter, SqlRow, SqlSession } from './session.ts'

const PENDING = 'FROM tasklets WHERE tasklets.status = 2 AND tasklets.queue = ?'

/**
 * Among equals the oldest stands first, unless somebody moved others in front of it: it is looked
 * for among the first hundred, so that the answer costs the same however many wait. Lanes and their
 * priorities are found in leaps, one look into the index for each.
 */
const OLDEST = `WITH RECURSIVE lanes AS (
    SELECT (SELECT min(tasklets.lane) ${PENDING}) AS lane
    UNION ALL
    SELECT (SELECT min(tasklets.lane) ${PENDING} AND tasklets.lane > lanes.lane)
      FROM lanes WHERE lanes.lane IS NOT NULL
  ), levels AS (
    SELECT lanes.lane AS lane,
        (SELECT min(tasklets.priority) ${PENDING} AND tasklets.lane = lanes.lane) AS priority
      FROM lanes WHERE lanes.lane IS NOT NULL
    UNION ALL
    SELECT levels.lane, (SELECT min(tasklets.priority) ${PENDING}
        AND tasklets.lane = levels.lane AND tasklets.priority > levels.priority)
      FROM levels WHERE levels.priority IS NOT NULL
  )
  SELECT (SELECT min(tasklets.created_at) ${PENDING}
      AND tasklets.lane = levels.lane AND tasklets.priority = levels.priority
      AND tasklets.place <= coalesce((SELECT tasklets.place ${PENDING}
        AND tasklets.lane = levels.lane AND tasklets.priority = levels.priority
        ORDER BY tasklets.place LIMIT 1 OFFSET 99), 1e300)) AS oldest
    FROM levels WHERE levels.priority IS NOT NULL`
const OLDEST_QUEUES = OLDEST.split('?').length - 1

/** The same, where a correlated subquery cannot leap through an index: lanes first, then each. */
const LEVELS = `SELECT tasklets.lane, tasklets.priority ${PENDING}
  GROUP BY tasklets.status, tasklets.queue, tasklets.lane, tasklets.priority`
const OLDEST_OF_LEVEL = `SELECT min(one.created_at) AS oldest FROM (
    SELECT tasklets.created_at ${PENDING} AND tasklets.lane = ? AND tasklets.priority = ?
    ORDER BY tasklets.place LIMIT 100) AS one`

/** Lanes that are looked into by one statement. */
const TOGETHER = 16

/** When the oldest of what is pending in a queue was submitted. */
export async function oldestPending(
  session: SqlSession,
  dialect: Dialect,
  queue: string,
): Promise<number | undefined> {
  const rows = dialect.hasLateral
    ? await session.all(OLDEST, Array<string>(OLDEST_QUEUES).fill(queue))
    : await oldestOfLevels(session, queue)
  const times = rows.filter((row) => row['oldest'] !== null).map((row) => Number(row['oldest']))
  return times.length === 0 ? undefined : times.reduce((one, other) => Math.min(one, other))
}

async function oldestOfLevels(session: SqlSession, queue: string): Promise<readonly SqlRow[]> {
  const rows: SqlRow[] = []
  for (const part of inParts(await session.all(LEVELS, [queue]), TOGETHER)) {
    const sql = part.map(() => OLDEST_OF_LEVEL).join(' UNION ALL ')
    const values = part.flatMap(({ lane, priority }): SqlParameter[] => [
      queue,
      String(lane),
      Number(priority),
    ])
    rows.push(...(await session.all(sql, values)))
  }
  return rows
}
