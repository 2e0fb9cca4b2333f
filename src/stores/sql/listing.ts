import { STATUSES, type Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ListFilter, Page } from '../../ports/store-messages.ts'
import { fromCursor, requireLimit, toCursor } from '../cursor.ts'
import { matchesSearch, type SearchWord, toSearch } from '../search.ts'
import { STATUS_CODES, toGroupKey } from './codes.ts'
import { Counts } from './counts.ts'
import { RECORD, toTasklet } from './rows.ts'
import { toIndexed } from './search-index.ts'
import type { SqlParameter, SqlSession } from './session.ts'

interface Condition {
  readonly sql: string
  readonly values: readonly SqlParameter[]
}

/** A status with fewer than one in so many records is found by its index, others by going back. */
const RARE = 50

/** Behind every word that begins with what stands before it. */
const LAST = '\u{10FFFF}'

/** Pages of records, newest first. */
export class Listing {
  readonly #counts = new Counts()

  /** With `text` the search index has to be complete. */
  async list(session: SqlSession, filter: ListFilter): Promise<Page<Tasklet>> {
    requireLimit(filter.limit)
    const search = toSearch(filter.text ?? '')
    const conditions = toConditions(filter, search)
    // What is to be sorted is found by another index first.
    const isSorted = filter.settledSince !== undefined || (await this.#isRare(session, filter))
    const found: Tasklet[] = []
    let before = filter.cursor === undefined ? undefined : fromCursor(filter.cursor)
    while (found.length <= filter.limit) {
      const asked = filter.limit + 1 - found.length
      const rows = await read(session, { conditions, before, isSorted, limit: asked })
      found.push(...rows.filter((tasklet) => matches(tasklet, filter, search)))
      before = rows.at(-1)?.sequence
      if (rows.length < asked) break
    }
    const items = found.slice(0, filter.limit)
    const last = items.at(-1)
    const hasMore = last !== undefined && found.length > items.length
    return hasMore ? { items, cursor: toCursor(last.sequence) } : { items }
  }

  async #isRare(session: SqlSession, { status, queue }: ListFilter): Promise<boolean> {
    if (status === undefined) return false
    const total = await this.#counts.total(session, queue)
    const sum = (list: readonly Status[]) => list.reduce((count, one) => count + total[one], 0)
    return sum(status) * RARE <= sum(STATUSES)
  }
}

interface Reading {
  readonly conditions: readonly Condition[]
  readonly before: number | undefined
  readonly isSorted: boolean
  readonly limit: number
}

async function read(
  session: SqlSession,
  { conditions, before, isSorted, limit }: Reading,
): Promise<readonly Tasklet[]> {
  const all = [...conditions, ...given('tasklets.sequence < ?', before)]
  const where = all.map(({ sql }) => sql).join(' AND ') || '1 = 1'
  const order = isSorted ? 'tasklets.sequence + 0' : 'tasklets.sequence'
  const rows = await session.all(
    `SELECT ${RECORD} FROM tasklets WHERE ${where} ORDER BY ${order} DESC LIMIT ?`,
    [...all.flatMap(({ values }) => values), limit],
  )
  return rows.map(toTasklet)
}

function toConditions(filter: ListFilter, search: readonly SearchWord[]): readonly Condition[] {
  const { group, tag, replayed } = filter
  return [
    ...ofStatus(filter.status),
    ...given('tasklets.plan = ?', filter.plan),
    ...given('tasklets.task = ?', filter.task),
    ...given('tasklets.queue = ?', filter.queue),
    ...given('tasklets.grp = ?', group === undefined ? undefined : toGroupKey(group)),
    // It may stand elsewhere in the record: `matches` decides.
    ...given(
      'position(? IN tasklets.body) > 0',
      tag === undefined ? undefined : JSON.stringify(tag),
    ),
    ...given('tasklets.created_at >= ?', filter.since),
    ...given('tasklets.status IN (5, 6, 7) AND tasklets.settled_at >= ?', filter.settledSince),
    ...given(
      'tasklets.status = 6 AND tasklets.replayed = ?',
      replayed === undefined ? undefined : Number(replayed),
    ),
    ...search.map(toWordCondition),
  ]
}

/** Our own numbers, so they may stand in the text, where partial indexes can be matched. */
function ofStatus(statuses: readonly Status[] | undefined): readonly Condition[] {
  if (statuses === undefined) return []
  if (statuses.length === 0) return [{ sql: '1 = 0', values: [] }]
  const codes = [...new Set(statuses)].map((status) => STATUS_CODES[status]).sort()
  return [{ sql: `tasklets.status IN (${codes.join(', ')})`, values: [] }]
}

function toWordCondition({ word, isPrefix }: SearchWord): Condition {
  const indexed = toIndexed(word)
  const of = 'EXISTS (SELECT 1 FROM words WHERE words.sequence = tasklets.sequence AND'
  return isPrefix
    ? { sql: `${of} words.word >= ? AND words.word < ?)`, values: [indexed, `${indexed}${LAST}`] }
    : { sql: `${of} words.word = ?)`, values: [indexed] }
}

/** What the conditions leave open. */
function matches(tasklet: Tasklet, { tag }: ListFilter, search: readonly SearchWord[]): boolean {
  if (tag !== undefined && !tasklet.tags.includes(tag)) return false
  return search.length === 0 || matchesSearch(tasklet, search)
}

function given(sql: string, value: SqlParameter | undefined): readonly Condition[] {
  return value === undefined ? [] : [{ sql, values: [value] }]
}
