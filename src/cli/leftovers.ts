import { isFinal } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Plan } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import type { Runtime } from '../runtime/runtime.ts'

const MOST_COUNTED = 1000

/** Opens the store, starts the runtime, and says in one line what it takes up from before, if anything. */
export async function startOver(runtime: Runtime, store: Store): Promise<string | undefined> {
  const rescued = collectRescued(runtime)
  await store.open()
  const waiting = await countWaiting(store, runtime.plans)
  await runtime.start()
  return describeLeftovers(waiting, rescued)
}

/** What is taken back from dead processes, which happens while the runtime starts. */
function collectRescued({ events }: Runtime): readonly Tasklet[] {
  const rescued: Tasklet[] = []
  for (const name of ['tasklet.pending', 'tasklet.failed', 'tasklet.cancelled'] as const) {
    const stop = events.on(name, ({ data }) => rescued.push(data.tasklet))
    events.once('runtime.started', stop)
  }
  return rescued
}

async function countWaiting(store: Store, plans: readonly Plan[]): Promise<number> {
  const pages = await Promise.all(
    plans.map(({ name }) => store.list({ status: ['pending'], plan: name, limit: MOST_COUNTED })),
  )
  return pages.reduce((sum, { items }) => sum + items.length, 0)
}

/** Undefined when there is nothing. */
export function describeLeftovers(
  waiting: number,
  rescued: readonly Pick<Tasklet, 'status'>[],
): string | undefined {
  const ended = rescued.filter(({ status }) => isFinal(status)).length
  const parts = [
    counted(rescued.length - ended, 'interrupted by the end of a process'),
    counted(ended, 'given up or cancelled after the end of a process'),
    counted(waiting, 'waiting'),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : `taking up tasklets from before: ${parts.join(', ')}`
}

function counted(count: number, what: string): string | undefined {
  if (count === 0) return undefined
  return `${count}${count >= MOST_COUNTED ? ' or more' : ''} ${what}`
}
