import type { Tasklet } from '../core/tasklet.ts'
import type { OutboxEntry, OutboxKind } from '../ports/outbox.ts'

/** An entry before it is kept. */
export type NewEntry = Omit<OutboxEntry, 'entry'>

/** What one change of a record notes, in order; `previous` is undefined for a new record. */
export function toEntries(
  kinds: ReadonlySet<OutboxKind>,
  previous: Tasklet | undefined,
  next: Tasklet,
  at: number,
): readonly NewEntry[] {
  const from = previous?.status
  const { id, plan, task, queue, priority, status: to, deliveries } = next
  if (from === to) return NOTHING
  const noted: OutboxKind[] = []
  if (kinds.has('status')) noted.push('status')
  if (kinds.has('ready') && to === 'pending') noted.push('ready')
  return noted.map((kind) => ({ kind, id, plan, task, queue, priority, from, to, deliveries, at }))
}

const NOTHING: readonly NewEntry[] = []
