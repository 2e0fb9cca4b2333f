import type { EventsOf } from './events.ts'

/** How often and how fast a supervisor starts a crashed child again. */
export interface RestartPolicy {
  /** Crashes within `within` that are still answered by a restart; one more escalates. */
  readonly intensity: number
  /** Milliseconds after which a crash is forgiven. */
  readonly within: number
  /** Milliseconds before the first restart; doubles with each crash not yet forgiven. */
  readonly delay: number
  readonly maxDelay: number
  /** A number in [0, 1) that spreads restarts over the last fifth of their delay. */
  readonly random: () => number
}

export interface SupervisorContext {
  readonly policy: RestartPolicy
  /** Crashes not yet forgiven, by child id. */
  readonly crashes: Readonly<Record<string, number>>
  /** Crashes so far, forgiven or not: tells the timers of forgiveness apart. */
  readonly total: number
}

export type SupervisionEvent = EventsOf<{
  'child.restart': { readonly id: string }
  'child.forgiven': { readonly id: string }
  'child.escalated': { readonly id: string; readonly error: unknown }
}>

/** What a supervisor does about a crash. */
export type Verdict =
  | { readonly restartIn: number; readonly crashes: number }
  | { readonly escalate: true; readonly crashes: number }

export function judgeCrash(context: SupervisorContext, id: string): Verdict {
  const { policy } = context
  const crashes = (context.crashes[id] ?? 0) + 1
  if (crashes > policy.intensity) return { escalate: true, crashes }
  const grown = Math.min(policy.delay * 2 ** (crashes - 1), policy.maxDelay)
  return { restartIn: Math.round(grown * (1 - 0.2 * policy.random())), crashes }
}

export function forgive(context: SupervisorContext, id: string): SupervisorContext['crashes'] {
  const left = (context.crashes[id] ?? 1) - 1
  return { ...context.crashes, [id]: Math.max(0, left) }
}
