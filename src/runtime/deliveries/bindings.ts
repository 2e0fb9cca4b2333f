import { type ZodType, z } from 'zod'
import type { ErrorRecord } from '../../core/errors.ts'
import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { Plan, Task } from '../../plan/model.ts'
import { problemsOf } from '../../plan/problems.ts'
import { GO_TO, goTo } from '../plans/go-to.ts'
import type { Binding } from './delivery.ts'

/**
 * What a record stands for in a version of its plan. Where that is not the version that it was
 * submitted to, the version's own requirement counts, and the input has to be valid in it.
 */
export function bind(record: Tasklet, plan: Plan | undefined): Binding {
  if (plan === undefined) return refuse(record, plan, missing(record))
  const task = plan.tasks.get(record.task)
  if (task === undefined) {
    if (record.task === GO_TO) return { tasklet: record, task: goTo(plan.name), plan }
    return refuse(record, plan, missing(record))
  }
  if (record.planVersion === plan.version) return { tasklet: record, task, plan }
  return bindAnew(record, task, plan)
}

function bindAnew(record: Tasklet, task: Task, plan: Plan): Binding {
  const { requires } = task
  if (task.input === undefined || isOneWay(task.input)) {
    return { tasklet: { ...record, requires }, task, plan }
  }
  const parsed = task.input.safeParse(record.input)
  if (parsed.success) return { tasklet: { ...record, requires, input: parsed.data }, task, plan }
  const message = `the plan has changed since ${fullTaskName(record)} was submitted, and its input is not valid any more: ${problemsOf(parsed.error)}`
  return refuse(record, plan, { kind: 'invalid-input', message })
}

/** It fails when its turn comes; the world is not moved for it. */
function refuse(record: Tasklet, plan: Plan | undefined, refusal: ErrorRecord): Binding {
  return { tasklet: { ...record, requires: [] }, task: undefined, plan, refusal }
}

function missing({ plan, task }: Tasklet): ErrorRecord {
  return { kind: 'missing-task', message: `plan "${plan}" has no task "${task}" any more` }
}

const oneWay = new WeakMap<ZodType, boolean>()

/** Records hold what the schema made of the input; one that transforms cannot be asked about that. */
function isOneWay(schema: ZodType): boolean {
  const known = oneWay.get(schema)
  if (known !== undefined) return known
  const found = transforms(schema, 'input') || transforms(schema, 'output')
  oneWay.set(schema, found)
  return found
}

/** Looks through all that the schema says of one side of it. */
function transforms(schema: ZodType, io: 'input' | 'output'): boolean {
  let found = false
  z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema }) => {
      if (zodSchema._zod.def.type === 'transform') found = true
    },
  })
  return found
}
