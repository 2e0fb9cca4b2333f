import { z } from 'zod'
import { STATUSES } from '../../core/status.ts'
import { text, time } from '../../runtime/envelope/values.ts'
import { streamEvents } from '../events/stream-events.ts'
import { operation } from '../http/operation.ts'
import { name } from '../schemas/inputs.ts'
import { pageOf } from '../schemas/tasklets.ts'

const tag = 'Events'

export const listenToEvents = operation({
  id: 'listenToEvents',
  tag,
  summary: 'Events as they are told (server-sent events)',
  description:
    'In a pattern `*` stands for one word and `**` for any number of them; `**` unless given. Last-Event-ID goes on after that event; `event: gap` says that some are not kept any more.',
  query: z.strictObject({ pattern: name.optional() }),
  headers: { 'Last-Event-ID': 'The id of the event that was heard last.' },
  answers: { 200: { description: 'A stream that has no end.', texts: ['text/event-stream'] } },
  problems: ['overloaded'],
  handle: ({ context, feed }) => streamEvents(context, feed),
})

const waitSchema = z.object({
  taskletId: text,
  task: text,
  status: z.enum(STATUSES),
  key: text,
  pattern: text,
  where: z.string().optional(),
  openedAt: time,
  until: time.optional(),
})

const toldSchema = z.object({
  id: text,
  name: text,
  data: z.unknown().optional(),
  at: time,
  matches: z.array(waitSchema),
})

export const emitEvent = operation({
  id: 'emitEvent',
  tag,
  summary: 'Tell an event of your own',
  description:
    'It is stored when the answer comes. Schedules, interrupts and steps that wait for it hear of it; `matches` are the waits that it ends.',
  body: z.strictObject({ name, data: z.unknown().optional() }),
  bodyExample: { name: 'door.opened', data: { by: 'robot-1' } },
  answers: { 202: { description: 'It is told.', schema: toldSchema } },
  handle: async ({ runtime, body }) => ({
    status: 202,
    body: await runtime.tell(body.name, body.data),
  }),
})

export const listWaits = operation({
  id: 'listWaits',
  tag,
  summary: 'What running work waits to be told, the oldest first',
  query: z.strictObject({ tasklet: name.optional() }),
  answers: { 200: { description: 'All of them.', schema: pageOf(waitSchema) } },
  handle: async ({ runtime, query: { tasklet } }) => ({
    status: 200,
    body: { items: await runtime.waits(tasklet) },
  }),
})
