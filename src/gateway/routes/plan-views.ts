import { z } from 'zod'
import { toErrorRecord } from '../../core/errors.ts'
import type { Plan, Task } from '../../plan/model.ts'
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
  const evidence = belief.evidence.map(({ error, ...each }) => ({
    ...each,
    error: error === undefined ? undefined : toErrorRecord('error', error).message,
  }))
  return { ...belief, evidence }
}

function toTaskView(task: Task) {
  const { name, title, external, mode, requires, leaves, resources } = task
  const { queue, priority, timeout, tags } = task
  return {
    ...{ name, title, external, mode, requires, leaves, resources, queue, priority, timeout, tags },
    input: task.input && toJsonSchema(task.input, 'input'),
    output: task.output && toJsonSchema(task.output, 'output'),
  }
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' })
}
