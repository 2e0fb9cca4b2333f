import { z } from 'zod'
import { EXPORT_FORMATS, type ExportFormat } from '../../plan/interchange/export.ts'
import type { Plan } from '../../plan/model.ts'
import type { PlanAccess } from '../../runtime/plans/plan-access.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { requirePlan } from '../http/lookup.ts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problem.ts'
import { name, nameParams, states } from '../schemas/inputs.ts'
import { eventAnswer, planSchema, planSummary, verdictSchema } from '../schemas/plans.ts'
import { acceptedSchema, pageOf } from '../schemas/tasklets.ts'
import { toBelief, toPlanSummary, toPlanView, toVerdict } from './plan-views.ts'
import { accepted } from './submissions.ts'

const tag = 'Plans'
const params = nameParams

export const listPlans = operation({
  id: 'listPlans',
  tag,
  summary: 'The plans that are loaded',
  answers: { 200: { description: 'All of them.', schema: pageOf(planSummary) } },
  handle: ({ runtime }) => ({ status: 200, body: { items: runtime.plans.map(toPlanSummary) } }),
})

export const getPlan = operation({
  id: 'getPlan',
  tag,
  summary: 'One plan: its tasks, its states, and where its world is believed to be',
  params,
  answers: { 200: { description: 'The version that counts now.', schema: planSchema } },
  problems: ['not_found'],
  handle: ({ runtime, params: { name: plan } }) => ({
    status: 200,
    body: toPlanView(runtime, requirePlan(runtime, plan)),
  }),
})

const MEDIA_TYPES = {
  xstate: 'application/json',
  mermaid: 'text/vnd.mermaid',
  ts: 'text/typescript',
} as const satisfies Readonly<Record<ExportFormat, string>>

export const machineOfPlan = operation({
  id: 'machineOfPlan',
  tag,
  summary: 'The machine of a plan, or of the steps of one of its tasks',
  description:
    '`xstate` (unless given) is the config that Stately takes, `mermaid` a diagram, `ts` a module.',
  params,
  query: z.strictObject({
    format: z.enum(EXPORT_FORMATS).optional(),
    task: name.optional(),
  }),
  answers: {
    200: {
      description: 'The machine.',
      schema: z.looseObject({}),
      texts: [MEDIA_TYPES.mermaid, MEDIA_TYPES.ts],
    },
  },
  problems: ['not_found'],
  handle: ({ runtime, params: { name: plan }, query: { format = 'xstate', task } }) => {
    const found = requirePlan(runtime, plan)
    if (task === undefined) requireMachine(found)
    const content = runtime.plan(plan).export(format, task === undefined ? {} : { task })
    return { status: 200, text: { type: MEDIA_TYPES[format], content } }
  },
})

export const findPath = operation({
  id: 'findPath',
  tag,
  summary: 'The cheapest path to a state',
  description:
    'From `from`, given once for each region, or from where the checks say that the world is. Nothing is moved.',
  params,
  query: z.strictObject({ to: name, from: states.optional() }),
  answers: { 200: { description: 'The path, or why there is none.', schema: verdictSchema } },
  problems: ['not_found'],
  handle: async ({ runtime, params: { name: plan }, query: { to, from } }) => ({
    status: 200,
    body: await toVerdict(accessTo(runtime, plan), to, from),
  }),
})

export const sendEvent = operation({
  id: 'sendEvent',
  tag,
  summary: 'Tell a plan what happened outside',
  description: 'Its twin takes the event, such as what a sensor or a webhook says.',
  params,
  body: z.looseObject({ type: name }),
  bodyExample: { type: 'HEAT' },
  answers: { 200: { description: 'What is believed now.', schema: eventAnswer } },
  problems: ['not_found'],
  handle: ({ runtime, params: { name: plan }, body }) => {
    accessTo(runtime, plan).send(body)
    return { status: 200, body: { belief: toBelief(runtime, plan) } }
  },
})

export const goTo = operation({
  id: 'goTo',
  tag,
  summary: 'Bring the world of a plan into a state',
  description: 'A full queue is refused at once: try again later.',
  params,
  body: z.strictObject({ state: name }),
  bodyExample: { state: 'hot' },
  answers: { 202: { description: 'The tasklet that does it.', schema: acceptedSchema } },
  problems: ['not_found', 'queue_full', 'store_full'],
  handle: async ({ runtime, params: { name: plan }, body: { state } }) =>
    accepted(await accessTo(runtime, plan).tryGoTo(state)),
})

/** The plan, which has to have a world. */
function accessTo(runtime: Runtime, plan: string): PlanAccess {
  requireMachine(requirePlan(runtime, plan))
  return runtime.plan(plan)
}

function requireMachine({ name: plan, world }: Plan): void {
  if (world !== undefined) return
  throw new Problem('not_found', `plan "${plan}" has no machine, only tasks`)
}
