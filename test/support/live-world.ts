import type { Log } from '../../src/plan/handler.ts'
import type { Plan, World } from '../../src/plan/model.ts'
import { createPlanner } from '../../src/planning/planner.ts'
import { Twin } from '../../src/runtime/twins/twin.ts'
import { LearnedCosts } from '../../src/runtime/worlds/learned-costs.ts'
import { LiveWorld } from '../../src/runtime/worlds/live-world.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'
import type { ManualClock } from './manual-clock.ts'

export interface LiveWorldParts {
  readonly plan: Plan
  readonly world: World
  readonly clock: ManualClock
  readonly log: Log
  /** Milliseconds that what was seen is believed; none unless given. */
  readonly freshness?: number
}

/** A world outside of any runtime: its twin has no actor, and nothing is learned or kept. */
export function makeLiveWorld({ plan, world, clock, log, freshness = 0 }: LiveWorldParts) {
  const failed = (error: unknown) => {
    throw error
  }
  const twin = new Twin(plan, world, { clock, changed: () => {}, keep: () => {}, failed })
  const learned = new LearnedCosts({
    store: memoryStore(),
    learning: false,
    edges: () => undefined,
    failed,
  })
  const planner = createPlanner(world)
  const use = { since: false }
  return new LiveWorld(plan, world, { clock, log, planner, twin, learned, freshness, use })
}
