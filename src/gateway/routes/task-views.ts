import { z } from 'zod'
import type { Tasklet } from '../../core/tasklet.ts'
import { terms, text, time } from '../../runtime/envelope/values.ts'
import { exportLife } from '../../runtime/operations/life.ts'
import type { TimelineEntry } from '../../runtime/operations/timeline.ts'
import type { Runtime, TaskletView } from '../../runtime/runtime.ts'
import { requireTasklet } from '../http/lookup.ts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problem.ts'
import { withoutUndefined } from '../http/without-undefined.ts'
import { idParams, moment, name } from '../schemas/inputs.ts'
import { stepSchema, timelineEntry } from '../schemas/operations.ts'
import { pageOf } from '../schemas/tasklets.ts'
import { pageShape } from './tasks.ts'

const tag = 'Tasks'
const params = idParams

export const readTimeline = operation({
  id: 'readTimeline',
  tag,
  summary: 'When tasklets were queued, prepared, started and settled, newest first',
  query: z.strictObject({
    plan: name.optional(),
    tag: name.optional(),
    since: moment.optional(),
    ...pageShape,
  }),
  answers: { 200: { description: 'One page.', schema: pageOf(timelineEntry) } },
  handle: async ({ runtime, query }) => ({
    status: 200,
    body: await runtime.timeline(withoutUndefined(query)),
  }),
})

const stationSchema = z
  .object({ at: time, what: text, message: z.string().optional() })
  .register(terms, { id: 'Station', description: 'Something that happened to a tasklet.' })

export const timelineOfTask = operation({
  id: 'timelineOfTask',
  tag,
  summary: 'When a tasklet went through its stations',
  params,
  answers: {
    200: {
      description:
        'Its times, the stations in their order, and its steps as far as they are known.',
      schema: timelineEntry.extend({
        stations: z.array(stationSchema),
        steps: z.array(stepSchema),
      }),
    },
  },
  problems: ['not_found'],
  handle: async ({ runtime, params: { id } }) => {
    const tasklet = await requireTasklet(runtime, id)
    const [entry] = (await runtime.timeline({ id })).items
    if (entry === undefined) throw new Problem('not_found', `there is no tasklet ${id} any more`)
    const stations = stationsOf(tasklet, entry)
    return { status: 200, body: { ...entry, stations, steps: await runtime.steps(id) } }
  },
})

const machineSchema = z.object({ config: z.looseObject({}), mermaid: z.string() })

export const machineOfTask = operation({
  id: 'machineOfTask',
  tag,
  summary: 'The statechart of a tasklet, and where in it the tasklet is',
  description:
    '`life` is the machine of every tasklet; `steps` the one that the steps of its task are compiled to, as the plan has them now.',
  params,
  answers: {
    200: {
      description: 'Configs as XState and Stately take them, and the same as Mermaid diagrams.',
      schema: z.object({
        id: text,
        /** A status, or `running` with its phase. */
        state: z.union([z.string(), z.object({ running: z.string() })]),
        life: machineSchema,
        steps: machineSchema.optional(),
      }),
    },
  },
  problems: ['not_found'],
  handle: async ({ runtime, params: { id } }) => {
    const tasklet = await requireTasklet(runtime, id)
    const body = {
      id,
      state: stateOf(tasklet),
      life: lifeMachine(),
      steps: stepsOf(runtime, tasklet),
    }
    return { status: 200, body }
  },
})

function stateOf({ status, phase }: TaskletView) {
  return status === 'running' && phase !== undefined ? { running: phase } : status
}

function lifeMachine() {
  return { config: JSON.parse(exportLife('xstate')), mermaid: exportLife('mermaid') }
}

function stepsOf(runtime: Runtime, { plan, task }: Tasklet) {
  const found = runtime.plans.find(({ name: each }) => each === plan)
  if (found?.tasks.get(task)?.steps === undefined) return undefined
  const access = runtime.plan(plan)
  const config = JSON.parse(access.export('xstate', { task }))
  return { config, mermaid: access.export('mermaid', { task }) }
}

function stationsOf({ status, failures, error }: Tasklet, entry: TimelineEntry) {
  const { queuedAt, startedAt, preparedAt, settledAt } = entry
  const stations = [
    { at: queuedAt, what: 'queued' },
    { at: startedAt, what: 'started' },
    { at: preparedAt, what: 'prepared' },
    ...failures.map((each) => ({
      at: each.at,
      what: `attempt ${each.attempt} failed`,
      message: each.error.message,
    })),
    { at: settledAt, what: status, message: error?.message },
  ]
  return stations
    .filter((station) => station.at !== undefined)
    .toSorted((one, other) => (one.at ?? 0) - (other.at ?? 0))
}
