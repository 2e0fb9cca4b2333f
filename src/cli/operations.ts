import { createIdSource } from '../core/id.ts'
import type { Plan } from '../plan/model.ts'
import type { Store } from '../ports/store.ts'
import { systemClock } from '../runtime/clock.ts'
import { DeadLetters } from '../runtime/operations/dead-letters.ts'
import { Explainer } from '../runtime/operations/explain.ts'
import { Queue } from '../runtime/operations/queue.ts'
import { Registry } from '../runtime/plans/registry.ts'

const clock = systemClock

/**
 * Operations on a database without a runtime: nothing runs here, so nobody here has to be told what
 * has changed. A runtime in another process sees it in the store.
 */
export function queueOf(store: Store, name: string): Queue {
  return new Queue(name, {
    store,
    clock,
    changed: () => {},
    ready: () => {},
    cancel: async (id, reason) => {
      const error = { kind: 'cancelled', message: reason } as const
      return (await store.cancel(id, error, clock.now())).outcome
    },
  })
}

/** With the plans, a replay is recorded under their present version. */
export function deadLettersOf(store: Store, plans: readonly Plan[]): DeadLetters {
  return new DeadLetters({
    store,
    clock,
    newId: createIdSource(clock.now),
    planVersion: (name) => plans.find((plan) => plan.name === name)?.version,
    insert: async (tasklet) => {
      const [outcome] = await store.insert([tasklet])
      if (outcome === undefined) throw new Error('the store has given no answer')
      return outcome
    },
  })
}

/**
 * Explains what the database and the plans tell. Slots, resources and state leases are granted
 * within a runtime, so there is nothing to be said of them here.
 */
export function explainerOf(store: Store, plans: readonly Plan[]): Explainer {
  const registry = new Registry(plans, {})
  const { groupLimits, rateLimits } = registry.rules
  return new Explainer({
    store,
    clock,
    registry,
    grants: { explain: () => [] },
    hasQueue: () => true,
    isLeftForOthers: async () => false,
    claimRequest: (queue) => ({
      queue,
      owner: 'setpoint',
      limit: 1,
      now: clock.now(),
      leaseUntil: clock.now(),
      skipTasks: [],
      groupLimits,
      rateLimits,
      knownPlans: registry.planNames,
    }),
    delivery: () => undefined,
    phaseOf: () => undefined,
  })
}
