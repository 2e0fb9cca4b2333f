import { optionalMilliseconds } from '../../core/duration.ts'
import { ownValue } from '../data.ts'
import type { EdgeMeta } from '../model.ts'
import { TransitionMeta } from './schema.ts'

const DEFAULT_COST = 1
const DEFAULT_TRIES = 3
const DEFAULT_DELAY = 200

/**
 * What stands under `meta` on a transition, with defaults: cost 1, verified up to 3 times, 200 ms
 * apart. Undefined when it names no transition task: then the transition is no edge for planning.
 */
export function edgeMeta(meta: unknown): EdgeMeta | undefined {
  if (typeof ownValue(meta, 'task') !== 'string') return undefined
  const { task, cost, with: input, timeout, verify } = TransitionMeta.parse(meta)
  return {
    task,
    cost: cost ?? DEFAULT_COST,
    with: input,
    timeout: optionalMilliseconds(timeout),
    verify: {
      tries: verify?.tries ?? DEFAULT_TRIES,
      delay: optionalMilliseconds(verify?.delay) ?? DEFAULT_DELAY,
    },
  }
}

/** Whether `edgeMeta` would find an edge: it names a task. */
export function namesTask(meta: unknown): boolean {
  return typeof ownValue(meta, 'task') === 'string'
}

/** The cost that `edgeMeta` would find, without reading the rest. */
export function declaredCost(meta: unknown): unknown {
  return ownValue(meta, 'cost') ?? DEFAULT_COST
}
