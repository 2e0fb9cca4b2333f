import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { taskletSchema } from '../../runtime/envelope/tasklet-schema.ts'
import { count, priority, text } from '../../runtime/envelope/values.ts'
import type { Queue } from '../../runtime/operations/queue.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { requireTasklet } from '../http/lookup.ts'
import { type Call, operation } from '../http/operation.ts'
import { Problem } from '../http/problem.ts'
import { name, nameParams } from '../schemas/inputs.ts'
import { queueSchema } from '../schemas/operations.ts'
import { pageOf } from '../schemas/tasklets.ts'
import { pageShape } from './tasks.ts'

const tag = 'Queues'
const params = nameParams
const answers = { 200: { description: 'The queue as it is now.', schema: queueSchema } }

export const listQueues = operation({
  id: 'listQueues',
  tag,
  summary: 'All queues: how full they are and how they flow',
  answers: { 200: { description: 'All of them.', schema: pageOf(queueSchema) } },
  handle: async ({ runtime }) => ({
    status: 200,
    body: { items: (await runtime.stats()).queues },
  }),
})

export const getQueue = operation({
  id: 'getQueue',
  tag,
  summary: 'One queue, and what may run now, first to run first',
  description:
    'Pages with the same `version` fit together; it is also what a new order is based on.',
  params,
  query: z.strictObject(pageShape),
  answers: {
    200: {
      description: 'The queue and one page of its order.',
      schema: queueSchema.extend({ version: text, ...pageOf(taskletSchema).shape }),
    },
  },
  problems: ['not_found'],
  handle: async ({ runtime, params: { name: queue }, query }) => {
    const { limit, cursor } = query
    const options = { ...(limit !== undefined && { limit }), cursor }
    const page = await requireQueue(runtime, queue).list(options)
    return { status: 200, body: { ...(await statsOf(runtime, queue)), ...page } }
  },
})

export const pauseQueue = operation({
  id: 'pauseQueue',
  tag,
  summary: 'Start nothing more from a queue, in any process',
  params,
  answers,
  problems: ['not_found'],
  handle: async (call) => changed(call, (queue) => queue.pause()),
})

export const resumeQueue = operation({
  id: 'resumeQueue',
  tag,
  summary: 'Start work from a paused queue again',
  params,
  answers,
  problems: ['not_found'],
  handle: async (call) => changed(call, (queue) => queue.resume()),
})

export const clearQueue = operation({
  id: 'clearQueue',
  tag,
  summary: 'Cancel everything that waits in a queue',
  params,
  answers: {
    200: {
      description: 'How many tasklets were cancelled.',
      schema: z.object({ cleared: count }),
      example: { cleared: 12 },
    },
  },
  problems: ['not_found'],
  handle: async ({ runtime, params: { name: queue } }) => ({
    status: 200,
    body: { cleared: await requireQueue(runtime, queue).clear() },
  }),
})

const MOST_IDS = 10_000

export const orderQueue = operation({
  id: 'orderQueue',
  tag,
  summary: 'Give the waiting tasklets another order',
  description:
    '`ids` holds each pending tasklet once. `version` is the one that was read; when the queue has changed since, nothing is done.',
  params,
  body: z.strictObject({ ids: z.array(name).max(MOST_IDS), version: text }),
  answers,
  problems: ['not_found', 'store_conflict'],
  handle: async (call) => changed(call, (queue) => queue.reorder(call.body.ids, call.body.version)),
})

export const moveInQueue = operation({
  id: 'moveInQueue',
  tag,
  summary: 'Move one tasklet to a position',
  description: 'Position 0 is the front. The others keep their order.',
  params,
  body: z.strictObject({ id: name, position: count }),
  bodyExample: { id: '019a3c5e-7f10-7c4e-9d2b-5a1f0c3e8b77', position: 0 },
  answers,
  problems: ['not_found', 'conflict'],
  handle: async (call) => {
    const { id, position } = call.body
    return changed(call, async (queue) => {
      await requireWaiting(call.runtime, queue, id, ['pending'])
      await queue.moveTo(id, position)
    })
  },
})

export const prioritise = operation({
  id: 'setPriority',
  tag,
  summary: 'Give a waiting tasklet another priority',
  params,
  body: z.strictObject({ id: name, priority }),
  bodyExample: { id: '019a3c5e-7f10-7c4e-9d2b-5a1f0c3e8b77', priority: 'high' },
  answers,
  problems: ['not_found', 'conflict'],
  handle: async (call) => {
    const { id, priority: value } = call.body
    return changed(call, async (queue) => {
      await requireWaiting(call.runtime, queue, id, ['blocked', 'scheduled', 'pending', 'retrying'])
      await queue.setPriority(id, value)
    })
  },
})

type QueueCall = Call<z.infer<typeof params>>

async function changed(
  { runtime, params: { name: queue } }: QueueCall,
  change: (queue: Queue) => Promise<void>,
) {
  await change(requireQueue(runtime, queue))
  return { status: 200, body: await statsOf(runtime, queue) }
}

function requireQueue(runtime: Runtime, queue: string): Queue {
  try {
    return runtime.queue(queue)
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause
    throw new Problem('not_found', cause.message, { cause })
  }
}

async function requireWaiting(
  runtime: Runtime,
  queue: Queue,
  id: string,
  statuses: readonly string[],
): Promise<void> {
  const tasklet = await requireTasklet(runtime, id)
  if (tasklet.queue !== queue.name) {
    const message = `tasklet ${id} is in queue "${tasklet.queue}", not in "${queue.name}"`
    throw new Problem('conflict', message)
  }
  if (statuses.includes(tasklet.status)) return
  const message = `tasklet ${id} is ${tasklet.status}: this needs one that is ${statuses.join(', ')}`
  throw new Problem('conflict', message)
}

async function statsOf(runtime: Runtime, queue: string) {
  const { queues } = await runtime.stats()
  return queues.find((each) => each.queue === queue)
}
