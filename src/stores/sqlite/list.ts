import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ListFilter, Page } from '../../ports/store.ts'
import { fromCursor, requireLimit, toCursor } from '../cursor.ts'
import { prepareRead, type Rows, readAll, STATUS_CODES } from './rows.ts'

interface Condition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** One page, newest first. */
export function listRecords(db: DatabaseSync, rows: Rows, filter: ListFilter): Page<Tasklet> {
  requireLimit(filter.limit)
  const conditions = toConditions(filter)
  const where = conditions.map(({ sql }) => sql).join(' AND ') || 'true'
  const statement = prepareRead(db, `WHERE ${where} ORDER BY sequence DESC LIMIT ?`)
  const values = conditions.flatMap((condition) => condition.values)
  const found = readAll(statement, ...values, filter.limit + 1)
  const items = found.slice(0, filter.limit).map((cells) => rows.toTasklet(cells))
  const last = items.at(-1)
  const hasMore = last !== undefined && found.length > filter.limit
  return hasMore ? { items, cursor: toCursor(last.sequence) } : { items }
}

function toConditions(filter: ListFilter): readonly Condition[] {
  const codes = filter.status?.map((status) => STATUS_CODES[status])
  return [
    // Our own numbers, so they may stand in the text, where the partial indexes can be matched.
    codes && {
      sql: codes.length === 1 ? `status = ${codes[0]}` : `status IN (${codes})`,
      values: [],
    },
    given('task IN (SELECT id FROM tasks WHERE plan = ?)', filter.plan),
    given('task IN (SELECT id FROM tasks WHERE name = ?)', filter.task),
    given('queue = (SELECT id FROM names WHERE name = ?)', filter.queue),
    given('EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', filter.tag),
    given('created_at >= ?', filter.since),
    given('sequence < ?', filter.cursor === undefined ? undefined : fromCursor(filter.cursor)),
  ].filter((condition) => condition !== undefined)
}

function given(sql: string, value: SQLInputValue | undefined): Condition | undefined {
  return value === undefined ? undefined : { sql, values: [value] }
}
