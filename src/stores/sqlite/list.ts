import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { isFinal, STATUSES, type Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ListFilter, Page } from '../../ports/store-messages.ts'
import { fromCursor, requireLimit, toCursor } from '../cursor.ts'
import { toSearch } from '../search.ts'
import { prepareRead, readAll, STATUS_CODES } from './columns.ts'
import type { Counts } from './counts.ts'
import type { Rows } from './rows.ts'
import { toMatch } from './search-index.ts'

interface Condition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** The index that holds the records of a status and little else. */
const INDEXES: Readonly<Record<Status, string>> = {
  blocked: 'waiting',
  scheduled: 'waiting',
  pending: 'ready',
  running: 'leases',
  retrying: 'waiting',
  completed: 'final',
  failed: 'final',
  cancelled: 'final',
}

/** What the partial indexes say of themselves, for SQLite to see that they hold all it looks for. */
const SCOPES: Readonly<Record<string, string>> = {
  waiting: '(status < 2 OR status = 4) AND',
  ready: '',
  leases: '',
  final: 'status >= 5 AND',
}

const FINAL = STATUSES.filter(isFinal)

/** A status with fewer than one in so many records is found by its index, others by going back. */
const RARE = 50

/** One page, newest first. With `text` the search index has to be complete. */
export function listRecords(
  db: DatabaseSync,
  rows: Rows,
  counts: Counts,
  filter: ListFilter,
): Page<Tasklet> {
  requireLimit(filter.limit)
  const conditions = toConditions(filter, counts)
  const where = conditions.map(({ sql }) => sql).join(' AND ') || 'true'
  const statement = prepareRead(db, `WHERE ${where} ORDER BY tasklets.sequence DESC LIMIT ?`)
  const values = conditions.flatMap((condition) => condition.values)
  const found = readAll(statement, ...values, filter.limit + 1)
  const items = found.slice(0, filter.limit).map((cells) => rows.toTasklet(cells))
  const last = items.at(-1)
  const hasMore = last !== undefined && found.length > filter.limit
  return hasMore ? { items, cursor: toCursor(last.sequence) } : { items }
}

function toConditions(filter: ListFilter, counts: Counts): readonly Condition[] {
  const before = filter.cursor === undefined ? undefined : fromCursor(filter.cursor)
  return [
    filter.status && ofStatus(filter, filter.status, counts),
    given('tasklets.sequence < ?', before),
    given('task IN (SELECT id FROM tasks WHERE plan = ?)', filter.plan),
    given('task IN (SELECT id FROM tasks WHERE name = ?)', filter.task),
    given('queue = (SELECT id FROM names WHERE name = ?)', filter.queue),
    given('grp = (SELECT id FROM names WHERE name = ?)', filter.group),
    given("EXISTS (SELECT 1 FROM json_each(rare, '$.tags') WHERE value = ?)", filter.tag),
    given('created_at >= ?', filter.since),
    settledSince(filter.settledSince),
    filter.replayed === undefined
      ? undefined
      : {
          sql: `status = 6 AND status >= 5
            AND rare ->> '$.replayedBy' IS ${filter.replayed ? 'NOT ' : ''}NULL`,
          values: [],
        },
    ...matching(filter.text, before),
  ].filter((condition) => condition !== undefined)
}

/** Our own numbers and names, so they may stand in the text, where indexes can be matched. */
function ofStatus(
  { queue }: ListFilter,
  statuses: readonly Status[],
  counts: Counts,
): Condition | undefined {
  const total = counts.total(queue)
  const sum = (list: readonly Status[]) => list.reduce((count, status) => count + total[status], 0)
  const all = sum(Object.keys(STATUS_CODES) as Status[])
  if (sum(statuses) * RARE > all || statuses.length === 0) {
    return {
      sql: `+status IN (${statuses.map((status) => STATUS_CODES[status]).join(', ')})`,
      values: [],
    }
  }
  const parts = statuses.map((status) => {
    const index = INDEXES[status]
    return `SELECT sequence FROM tasklets INDEXED BY ${index}
      WHERE ${SCOPES[index]} status = ${STATUS_CODES[status]}`
  })
  return { sql: `tasklets.sequence IN (${parts.join(' UNION ALL ')})`, values: [] }
}

/** By its index: going back through all records would cost what they are. */
function settledSince(time: number | undefined): Condition | undefined {
  if (time === undefined) return undefined
  const parts = FINAL.map(
    (status) => `SELECT sequence FROM tasklets INDEXED BY final
      WHERE status >= 5 AND status = ${STATUS_CODES[status]} AND settled_at >= ?`,
  )
  const sql = `tasklets.sequence IN (${parts.join(' UNION ALL ')})`
  return { sql, values: FINAL.map(() => time) }
}

/** A text without a word finds what has no words to miss: everything. */
function matching(text: string | undefined, before: number | undefined): readonly Condition[] {
  const match = text === undefined ? undefined : toMatch(toSearch(text))
  if (match === undefined) return []
  const bound = before ?? Number.MAX_SAFE_INTEGER
  return [
    {
      sql: 'tasklets.sequence IN (SELECT rowid FROM texts WHERE texts MATCH ? AND rowid < ?)',
      values: [match, bound],
    },
  ]
}

function given(sql: string, value: SQLInputValue | undefined): Condition | undefined {
  return value === undefined ? undefined : { sql, values: [value] }
}
