import { z } from 'zod'
import type { Runtime } from '../../runtime/runtime.ts'
import { requireKnown } from '../http/lookup.ts'
import { type Call, operation } from '../http/operation.ts'
import { name, number } from '../schemas/inputs.ts'
import { scheduleSchema } from '../schemas/operations.ts'
import { acceptedSchema, pageOf } from '../schemas/tasklets.ts'
import { scheduleViews } from './rule-views.ts'
import { accepted } from './submissions.ts'

const params = z.strictObject({ schedule: name })
const tag = 'Schedules'
const answers = { 200: { description: 'The schedule as it is now.', schema: scheduleSchema } }
const problems = ['not_found'] as const

export const listSchedules = operation({
  id: 'listSchedules',
  tag,
  summary: 'What is submitted without being asked, and when next',
  answers: { 200: { description: 'All of them.', schema: pageOf(scheduleSchema) } },
  handle: ({ runtime }) => ({ status: 200, body: { items: scheduleViews(runtime) } }),
})

export const nextOfSchedule = operation({
  id: 'nextOfSchedule',
  tag,
  summary: 'The next instants of a schedule',
  description: 'None when it fires on no time.',
  params,
  query: z.strictObject({ count: number(1, 1000).optional() }),
  answers: {
    200: {
      description: 'Milliseconds since the epoch.',
      schema: z.object({ items: z.array(z.number()) }),
    },
  },
  problems,
  handle: ({ runtime, params: { schedule }, query: { count } }) => {
    requireSchedule(runtime, schedule)
    return { status: 200, body: { items: runtime.schedules.next(schedule, count ?? 5) } }
  },
})

export const runSchedule = operation({
  id: 'runSchedule',
  tag,
  summary: 'Submit the task of a schedule now, with its fixed input',
  description: 'A full queue is refused at once: try again later.',
  params,
  answers: { 202: { description: 'The tasklet.', schema: acceptedSchema } },
  problems: ['not_found', 'queue_full', 'store_full'],
  handle: async ({ runtime, params: { schedule } }) => {
    requireSchedule(runtime, schedule)
    return accepted(await runtime.tryRunScheduled(schedule))
  },
})

export const enableSchedule = operation({
  id: 'enableSchedule',
  tag,
  summary: 'Switch a schedule on',
  description: 'What passed while it was off is not made up for.',
  params,
  answers,
  problems,
  handle: (call) => switched(call, 'enable'),
})

export const disableSchedule = operation({
  id: 'disableSchedule',
  tag,
  summary: 'Switch a schedule off',
  description: 'What it has submitted goes on.',
  params,
  answers,
  problems,
  handle: (call) => switched(call, 'disable'),
})

async function switched(
  { runtime, params: { schedule } }: Call<z.infer<typeof params>>,
  change: 'enable' | 'disable',
) {
  requireSchedule(runtime, schedule)
  await runtime.schedules[change](schedule)
  return { status: 200, body: scheduleViews(runtime).find(({ id }) => id === schedule) }
}

function requireSchedule(runtime: Runtime, id: string): void {
  const ids = runtime.schedules.list().map((schedule) => schedule.id)
  requireKnown('schedule', id, ids)
}
