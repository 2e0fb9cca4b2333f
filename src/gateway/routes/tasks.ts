import { z } from 'zod'
import type { Duration } from '../../core/duration.ts'
import { TaskletError } from '../../core/errors.ts'
import { isFinal } from '../../core/status.ts'
import { taskletSchema } from '../../runtime/envelope/tasklet-schema.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { requireTasklet } from '../http/lookup.ts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problem.ts'
import { withoutUndefined } from '../http/without-undefined.ts'
import {
  cursor,
  idParams,
  moment,
  name,
  number,
  reason,
  span,
  statuses,
  upTo,
  words,
} from '../schemas/inputs.ts'
import { explanationSchema } from '../schemas/operations.ts'
import { acceptedSchema, pageOf, viewSchema } from '../schemas/tasklets.ts'
import { accepted } from './submissions.ts'

const LONGEST_WAIT = '60s'

/** What a listing can be narrowed down to. */
export const filterShape = {
  plan: name.optional(),
  task: name.optional(),
  queue: name.optional(),
  tag: name.optional(),
  group: name.optional(),
  text: words.optional(),
  since: moment.optional(),
  settledSince: moment.optional(),
}

export const pageShape = { limit: number(1, 500).optional(), cursor: cursor.optional() }

export const listTasks = operation({
  id: 'listTasks',
  tag: 'Tasks',
  summary: 'List tasklets, newest first',
  description: '`task` is the name within the plan, or the full name `plan/task`.',
  query: z.strictObject({ status: statuses.optional(), ...filterShape, ...pageShape }),
  answers: { 200: { description: 'One page.', schema: pageOf(taskletSchema) } },
  handle: async ({ runtime, query }) => ({
    status: 200,
    body: await runtime.list(withoutUndefined(withTask(query))),
  }),
})

export const getTask = operation({
  id: 'getTask',
  tag: 'Tasks',
  summary: 'One tasklet',
  description: `With \`wait\` (${LONGEST_WAIT} at most) the answer comes when it has settled, or when the time is over.`,
  params: idParams,
  query: z.strictObject({ wait: span.check(upTo(LONGEST_WAIT)).optional() }),
  answers: { 200: { description: 'The record as it is now.', schema: viewSchema } },
  problems: ['not_found'],
  handle: async ({ runtime, params: { id }, query: { wait }, signal }) => {
    const view = await requireTasklet(runtime, id)
    if (wait === undefined || isFinal(view.status)) return { status: 200, body: view }
    await untilSettled(runtime, id, { timeout: wait, signal })
    return { status: 200, body: await requireTasklet(runtime, id) }
  },
})

export const explainTask = operation({
  id: 'explainTask',
  tag: 'Tasks',
  summary: 'Why a tasklet is not running',
  params: idParams,
  answers: { 200: { description: 'Every reason there is.', schema: explanationSchema } },
  problems: ['not_found'],
  handle: async ({ runtime, params: { id } }) => {
    await requireTasklet(runtime, id)
    return { status: 200, body: await runtime.explain(id) }
  },
})

export const cancelTask = operation({
  id: 'cancelTask',
  tag: 'Tasks',
  summary: 'Cancel a tasklet',
  description: 'One that waits is cancelled at once; a running one is asked to stop.',
  params: idParams,
  body: z.strictObject({ reason: reason.optional() }).optional(),
  answers: {
    200: { description: 'It is cancelled.', schema: outcomeOf('cancelled') },
    202: { description: 'It is asked to stop.', schema: outcomeOf('requested') },
  },
  problems: ['not_found', 'conflict'],
  handle: async ({ runtime, params: { id }, body }) => {
    const outcome = await runtime.cancel(id, body?.reason)
    if (outcome === 'missing') await requireTasklet(runtime, id)
    if (outcome === 'settled') {
      throw new Problem('conflict', `tasklet ${id} has settled already: nothing was cancelled`)
    }
    return { status: outcome === 'requested' ? 202 : 200, body: { id, outcome } }
  },
})

export const retryTask = operation({
  id: 'retryTask',
  tag: 'Tasks',
  summary: 'Run a dead letter again, as a new tasklet',
  params: idParams,
  answers: { 202: { description: 'The new tasklet.', schema: acceptedSchema } },
  problems: ['not_found', 'conflict', 'queue_full', 'store_full'],
  handle: async ({ runtime, params: { id } }) => {
    const { status, replayedBy } = await requireTasklet(runtime, id)
    if (status !== 'failed') {
      throw new Problem('conflict', `tasklet ${id} is ${status}: only a failed one is run again`)
    }
    if (replayedBy !== undefined) {
      throw new Problem('conflict', `tasklet ${id} was run again already, as ${replayedBy}`)
    }
    return accepted(await runtime.retry(id))
  },
})

export const listExecutable = operation({
  id: 'listExecutable',
  tag: 'Tasks',
  summary: 'What could run now, in order; nothing is claimed',
  query: z.strictObject({
    plan: name.optional(),
    task: name.optional(),
    queue: name.optional(),
    limit: pageShape.limit,
  }),
  answers: { 200: { description: 'First to run first.', schema: pageOf(taskletSchema) } },
  handle: async ({ runtime, query }) => ({
    status: 200,
    body: { items: await runtime.executable(withoutUndefined(withTask(query))) },
  }),
})

/** A full name of a task is that of its plan too. */
export function withTask<Filter extends { plan?: string | undefined; task?: string | undefined }>(
  filter: Filter,
): Filter {
  const [plan, ...rest] = filter.task?.split('/') ?? []
  if (filter.plan !== undefined || plan === undefined || rest.length === 0) return filter
  return { ...filter, plan, task: rest.join('/') }
}

function outcomeOf(outcome: string) {
  return z.object({ id: z.string(), outcome: z.literal(outcome) })
}

interface Patience {
  readonly timeout: Duration
  readonly signal: AbortSignal
}

/** Until it has settled in whatever way, or the time is over. */
async function untilSettled(runtime: Runtime, id: string, patience: Patience): Promise<void> {
  try {
    await runtime.handle(id).result(patience)
  } catch (error) {
    const isOver = error instanceof DOMException && error.name === 'TimeoutError'
    if (!(isOver || error instanceof TaskletError)) throw error
  }
}
