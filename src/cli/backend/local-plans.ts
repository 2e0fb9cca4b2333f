import { toErrorRecord } from '../../core/errors.ts'
import { exportPlan } from '../../plan/interchange/export.ts'
import type { Plan } from '../../plan/model.ts'
import type { Detection } from '../../planning/detect.ts'
import { createPlanner, type Planner } from '../../planning/planner.ts'
import { systemClock } from '../../runtime/clock.ts'
import { stderrLog } from '../../runtime/log.ts'
import { WorldAccess } from '../../runtime/worlds/world-access.ts'
import { findPlan, requireState, worldOf } from '../plans.ts'
import type { Answer, LostWorld, PlanAccess } from './backend.ts'
import type { LocalParts } from './local-parts.ts'

export function localPlans({ plans }: Pick<LocalParts, 'plans'>): PlanAccess {
  return {
    export: async (name, format, task) =>
      exportPlan(findPlan(await plans.around(name), name), format, task),
    list: async () => (await plans.all()).map(toView),
    get: async (name) => toView(findPlan(await plans.around(name), name)),
    async path(name, target, given) {
      const plan = findPlan(await plans.around(name), name)
      const planner = createPlanner(worldOf(plan))
      const located = await locate(plan, planner, target, given)
      const question = { plan: plan.name, version: plan.version, target }
      if ('evidence' in located) return { ...question, verdict: located }
      const { from } = located
      return { ...question, from, verdict: planner.findPath({ from, targets: [target] }) }
    },
  }
}

/**
 * Where a path begins: in the given states, or where the checks say that the world is.
 * @throws {InputError} for a state that the plan does not have.
 */
export async function locate(
  plan: Plan,
  planner: Planner,
  target: string,
  given: readonly string[] | undefined,
): Promise<{ readonly from: readonly string[] } | LostWorld> {
  for (const state of [target, ...(given ?? [])]) requireState(plan, state)
  if (given !== undefined) return { from: given }
  const detection = await detect(plan, planner, target)
  if (detection.outcome === 'detected') return { from: detection.states }
  const { outcome } = detection
  const evidence = detection.evidence.map(({ state, answer, duration, error }): Answer => {
    const reason = error === undefined ? undefined : toErrorRecord('error', error).message
    return { state, answer, duration, ...(reason !== undefined && { reason }) }
  })
  return { outcome, evidence }
}

/** Asking the checks needs no runtime. */
function detect(plan: Plan, planner: Planner, target: string): Promise<Detection> {
  const distances = planner.distances([target])
  const order = (path: string) => distances.get(path) ?? Number.POSITIVE_INFINITY
  return new WorldAccess(plan, worldOf(plan), systemClock, stderrLog).detect(order)
}

function toView({ tasks, ...plan }: Plan) {
  return { ...plan, tasks: [...tasks.values()] }
}
