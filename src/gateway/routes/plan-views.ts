import { z } from 'zod'
import { toErrorRecord } from '../../core/errors.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { PlanAccess } from '../../runtime/plans/plan-access.ts'
import type { Runtime } from '../../runtime/runtime.ts'

export function toPlanSummary({ name, version, description, tasks, world, resources }: Plan) {
  const states = [...(world?.states.keys() ?? [])]
  return { name, version, description, tasks: [...tasks.keys()], states, resources }
}

export function toPlanView(runtime: Runtime, plan: Plan) {
  return {
    ...toPlanSummary(plan),
    tasks: [...plan.tasks.values()].map(toTaskView),
    belief: plan.world && toBelief(runtime, plan.name),
    schedules: plan.schedules.map(({ name }) => `${plan.name}/${name}`),
    interrupts: plan.interrupts.map(({ name }) => `${plan.name}/${name}`),
    warnings: plan.warnings.map(({ rule, message, path }) => ({ rule, message, path })),
  }
}

export function toBelief(runtime: Runtime, plan: string) {
  const belief = runtime.plan(plan).belief()
  if (belief === undefined) return undefined
  return { ...belief, evidence: toEvidence(belief.evidence) }
}

type Verdict = Awaited<ReturnType<PlanAccess['path']>>

/** What is known of a way: from where it leads and how, or why nobody knows where it would begin. */
export type PathView =
  | ({ readonly from: readonly string[] } & Verdict)
  | {
      readonly outcome: Exclude<Awaited<ReturnType<PlanAccess['state']>>['outcome'], 'detected'>
      readonly message: string
      readonly evidence: ReturnType<typeof toEvidence>
    }

/** From the given states, or from where the checks say that the world is. */
export async function toVerdict(
  plan: PlanAccess,
  to: string,
  from: readonly string[] | undefined,
): Promise<PathView> {
  if (from !== undefined) return { from, ...(await plan.path(to, { from })) }
  const detection = await plan.state(to)
  const { outcome } = detection
  if (outcome === 'detected') {
    const { states } = detection
    return { from: states, ...(await plan.path(to, { from: states })) }
  }
  const message = `the checks of plan "${plan.name}" do not say where the world is (${outcome}): name a state to start from`
  return { outcome, message, evidence: toEvidence(detection.evidence) }
}

function toEvidence(evidence: Awaited<ReturnType<PlanAccess['state']>>['evidence']) {
  return evidence.map(({ error, ...each }) => ({
    ...each,
    error: error === undefined ? undefined : toErrorRecord('error', error).message,
  }))
}

function toTaskView(task: Task) {
  const { name, title, external, mode, requires, leaves, resources } = task
  const { queue, priority, timeout, retry, tags } = task
  return {
    ...{ name, title, external, mode, requires, leaves, resources },
    ...{ queue, priority, timeout, retry, tags },
    input: task.input && toJsonSchema(task.input, 'input'),
    output: task.output && toJsonSchema(task.output, 'output'),
  }
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' })
}
