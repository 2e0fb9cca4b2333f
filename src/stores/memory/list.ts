import type { Tasklet } from '../../core/tasklet.ts'
import type { ListFilter, Page } from '../../ports/store-messages.ts'
import { fromCursor, requireLimit, toCursor } from '../cursor.ts'
import { matchesSearch, type SearchWord, toSearch } from '../search.ts'

/** One page, newest first. `at` gives the record with a sequence, of 1 to `last`. */
export function listRecords(
  filter: ListFilter,
  last: number,
  at: (sequence: number) => Tasklet | undefined,
): Page<Tasklet> {
  requireLimit(filter.limit)
  const end = filter.cursor === undefined ? last + 1 : fromCursor(filter.cursor)
  const search = toSearch(filter.text ?? '')
  const items: Tasklet[] = []
  for (let sequence = Math.min(end - 1, last); sequence >= 1; sequence -= 1) {
    const record = at(sequence)
    if (record === undefined || !matches(record, filter, search)) continue
    const previous = items.at(-1)
    if (previous !== undefined && items.length === filter.limit) {
      return { items, cursor: toCursor(previous.sequence) }
    }
    items.push(record)
  }
  return { items }
}

function matches(record: Tasklet, filter: ListFilter, search: readonly SearchWord[]): boolean {
  return (
    (filter.status === undefined || filter.status.includes(record.status)) &&
    (filter.plan === undefined || filter.plan === record.plan) &&
    (filter.task === undefined || filter.task === record.task) &&
    (filter.queue === undefined || filter.queue === record.queue) &&
    (filter.tag === undefined || record.tags.includes(filter.tag)) &&
    (filter.group === undefined || filter.group === record.group) &&
    (filter.replayed === undefined || isReplayed(record) === filter.replayed) &&
    (filter.since === undefined || record.createdAt >= filter.since) &&
    (filter.settledSince === undefined || (record.settledAt ?? -1) >= filter.settledSince) &&
    (search.length === 0 || matchesSearch(record, search))
  )
}

/** Undefined for what is no dead letter. */
function isReplayed({ status, replayedBy }: Tasklet): boolean | undefined {
  return status === 'failed' ? replayedBy !== undefined : undefined
}
