import type { Status } from '../../core/status.ts'
import type { OutboxEntry } from '../../ports/outbox.ts'
import type { TopicEvent } from '../../ports/topics.ts'

/** What a tasklet is said to have done when it has this status. */
const TYPES: Readonly<Record<Status, string>> = {
  blocked: 'task.waiting',
  scheduled: 'task.waiting',
  pending: 'task.ready',
  running: 'task.started',
  retrying: 'task.retrying',
  completed: 'task.completed',
  failed: 'task.failed',
  cancelled: 'task.cancelled',
}

/** The event that subscribers in other processes are told. Told twice, it is the same both times. */
export function toTopicEvent(entry: OutboxEntry): TopicEvent {
  const { id, plan, task, queue, from, to, deliveries, at } = entry
  const isNew = from === undefined && to !== 'failed'
  return {
    specversion: '1.0',
    id: `${id}:${entry.entry}`,
    source: `/setpoint/${toSegment(plan)}/${toSegment(task)}`,
    type: isNew ? 'task.submitted' : TYPES[to],
    subject: id,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { plan, task, queue, status: to, from: from ?? null, deliveries, at },
  }
}

/** Any name will do: one that cannot be told would keep all that come after it from being told. */
function toSegment(name: string): string {
  return encodeURIComponent(name.toWellFormed())
}
