import { toBrokerName } from './names.ts'

/**
 * Priorities that share one queue at the broker, the most urgent first, each up to a number. They
 * are those that have a name: `interrupt`, `high`, `normal` and `low` fall into one each.
 */
const BANDS = [
  { name: 'interrupt', upTo: 0 },
  { name: 'high', upTo: 250 },
  { name: 'normal', upTo: 750 },
  { name: 'low', upTo: 1000 },
] as const

/** The queues at the broker for one of ours, in the order in which they are served. */
export function bandQueues(prefix: string, queue: string): readonly string[] {
  return BANDS.map(({ name }) => toBandQueue(prefix, queue, name))
}

/** The one for messages of this priority. */
export function bandQueue(prefix: string, queue: string, priority: number): string {
  const band = BANDS.find(({ upTo }) => priority <= upTo)
  return toBandQueue(prefix, queue, band?.name ?? 'low')
}

function toBandQueue(prefix: string, queue: string, band: string): string {
  return `${prefix}.queue.${toBrokerName(queue)}.${band}`
}
