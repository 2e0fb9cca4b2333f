import { InputError } from '../../core/errors.ts'
import type { Schemas } from '../../gateway/client/api.ts'
import type { Client } from '../../gateway/client/client.ts'
import { nearestName } from '../../plan/nearest.ts'
import type { Verdict } from '../../planning/planner.ts'
import type { LostWorld, PlanAccess, PlanView } from './backend.ts'

export function remotePlans({ plans }: Client): PlanAccess {
  return {
    export: (name, format, task) =>
      plans.machine(name, { format, ...(task !== undefined && { task }) }),
    async list() {
      const summaries = await plans.list()
      return Promise.all(summaries.map(async ({ name }) => toView(await plans.get(name))))
    },
    get: async (name) => toView(await plans.get(name)),
    async path(name, target, given) {
      const plan = await plans.get(name)
      for (const state of [target, ...(given ?? [])]) requireState(plan, state)
      const query = { to: target, ...(given !== undefined && { from: [...given] }) }
      const { from = [], ...verdict } = await plans.path(name, query)
      const question = { plan: name, version: plan.version, target }
      const { outcome, evidence } = verdict
      if (outcome === 'reachable' || outcome === 'unreachable' || outcome === 'budget') {
        // Which of them has which fields is more than the document of the API says.
        return { ...question, from, verdict: verdict as Verdict }
      }
      return { ...question, verdict: { outcome, evidence: toAnswers(evidence) } }
    },
  }
}

function toView(plan: Schemas['Plan']): PlanView {
  return plan as PlanView
}

function toAnswers(evidence: Schemas['Verdict']['evidence'] = []): LostWorld['evidence'] {
  return evidence.map(({ error, ...each }) => ({
    ...each,
    ...(error !== undefined && { reason: error }),
  }))
}

function requireState({ name, states }: Schemas['Plan'], path: string): void {
  if (states.length === 0) throw new InputError(`plan "${name}" has no machine, only tasks`)
  if (states.includes(path)) return
  const meant = states.find((state) => state.endsWith(`.${path}`)) ?? nearestName(path, states)
  const suggestion = meant === undefined ? '' : `; did you mean "${meant}"?`
  throw new InputError(
    `plan "${name}" has no state "${path}"${suggestion}\nits states: ${states.join(', ')}`,
  )
}
