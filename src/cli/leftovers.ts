import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Plan } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import type { EventBus } from '../runtime/event-bus.ts'

const MOST_COUNTED = 1000

/**
 * Tasklets of these plans that wait in a store from before, at most 1000 of each plan. The store is
 * open.
 */
export async function countWaiting(store: Store, plans: readonly Plan[]): Promise<number> {
  const pages = await Promise.all(
    plans.map(({ name }) => store.list({ status: ['pending'], plan: name, limit: MOST_COUNTED })),
  )
  return pages.reduce((sum, { items }) => sum + items.length, 0)
}

/** Tasklets that were taken back from dead processes; filled while the runtime starts. */
export function collectRescued(events: EventBus): readonly Tasklet[] {
  const rescued: Tasklet[] = []
  for (const name of ['tasklet.pending', 'tasklet.failed', 'tasklet.cancelled'] as const) {
    const stop = events.on(name, ({ data }) => rescued.push(data.tasklet))
    events.once('runtime.started', stop)
  }
  return rescued
}

/** One line about what a run takes up besides its own task; undefined when there is nothing. */
export function describeLeftovers(
  waiting: number,
  rescued: readonly Tasklet[],
): string | undefined {
  const ended = rescued.filter(({ status }) => isFinal(status)).length
  const parts = [
    part(
      rescued.length - ended,
      'was running in a process that is gone',
      'were running in processes that are gone',
    ),
    part(
      ended,
      'had ended its process too often or was to be cancelled',
      'had ended their process too often or were to be cancelled',
    ),
    part(waiting, 'was waiting', 'were waiting'),
  ].filter((text) => text !== undefined)
  if (parts.length === 0) return undefined
  return `taking up what is left from before: ${parts.join(', ')}`
}

function part(count: number, one: string, many: string): string | undefined {
  if (count === 0) return undefined
  return `${count === MOST_COUNTED ? `${count} or more` : count} ${count === 1 ? one : many}`
}
