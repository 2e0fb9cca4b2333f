import type { RuntimeEvent } from '../../../../src/core/events.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { ScheduleSettings } from '../../../../src/plan/schedules/schema.ts'
import type { Store } from '../../../../src/ports/store.ts'
import type { RuntimeOptions } from '../../../../src/runtime/options/options.ts'
import { ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

/** `2026-03-29T02:30` in UTC, unless it says a zone. */
export function at(text: string): number {
  return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
}

export interface SceneOptions {
  readonly clock?: ManualClock
  readonly store?: Store
  readonly options?: RuntimeOptions
  readonly tasks?: object
}

/** A runtime with the plan `plan`: task `work` and the given schedules. */
export async function scheduled(
  schedules: Readonly<Record<string, ScheduleSettings>>,
  { clock = new ManualClock(at('2026-01-01T00:00')), store, options, tasks }: SceneOptions = {},
) {
  const plan = planOf({ work: () => 'done', ...tasks }, { schedules })
  const made = await startRuntime(plan, options, store, clock)
  return {
    ...made,
    plan,
    /** Tasklets of a task, oldest first. */
    async tasklets(task = 'work'): Promise<readonly Tasklet[]> {
      const { items } = await made.runtime.list({ task, limit: 1000 })
      return items.toReversed()
    },
    /** Instants that fired, as ISO times without their zeros. */
    async instants(): Promise<readonly string[]> {
      const { items } = await made.runtime.list({ task: 'work', limit: 1000 })
      return items
        .map(({ event }) =>
          String((event?.data as { instant?: string } | undefined)?.instant).replace(
            ':00.000Z',
            '',
          ),
        )
        .toSorted()
    },
    told(name: string): readonly unknown[] {
      return made.events
        .filter((event: RuntimeEvent) => event.name === name)
        .map(({ data }) => data)
    },
  }
}

/** A task that runs until it is let go. */
export function gated() {
  const gates: PromiseWithResolvers<string>[] = []
  return {
    run: ({ signal }: { readonly signal: AbortSignal }) => {
      const gate = Promise.withResolvers<string>()
      gates.push(gate)
      signal.addEventListener('abort', () => gate.reject(signal.reason))
      return gate.promise
    },
    open: () => {
      for (const gate of gates.splice(0)) gate.resolve('done')
    },
  }
}
