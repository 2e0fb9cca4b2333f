import { z } from 'zod'
import { FatalError } from '../../core/errors.ts'
import { taskletSchema } from '../../runtime/envelope/tasklet-schema.ts'
import { duration, terms, time } from '../../runtime/envelope/values.ts'
import type { PulledItem } from '../../runtime/operations/pulled-item.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { fromLeaseToken, toLeaseToken } from '../http/lease-token.ts'
import { operation } from '../http/operation.ts'
import { withoutUndefined } from '../http/without-undefined.ts'
import { name, upTo } from '../schemas/inputs.ts'

const tag = 'Leases'
const params = z.strictObject({ token: name })
const problems = ['not_found', 'lease_lost'] as const

const MOST_ITEMS = 100
const LONGEST_LEASE = '1d'
const LONGEST_WAIT = '60s'
const USUAL_WAIT = '20s'

const lease = duration.check(upTo(LONGEST_LEASE))

const leasedSchema = z
  .object({ token: z.string(), until: time, tasklet: taskletSchema })
  .register(terms, { id: 'Leased', description: 'Work, and the name of its lease.' })

const pullBody = z
  .strictObject({
    queue: name.optional(),
    task: name.optional(),
    limit: z.int().min(1).max(MOST_ITEMS).optional(),
    lease: lease.optional(),
    wait: duration.check(upTo(LONGEST_WAIT)).optional(),
    consumer: name.optional(),
  })
  .register(terms, { id: 'Pull', description: 'What work is wanted, and for how long.' })

export const pullLeases = operation({
  id: 'pullLeases',
  tag,
  summary: 'Lease work of tasks that are declared external',
  description: `Waits for work up to \`wait\` (${USUAL_WAIT} unless given, ${LONGEST_WAIT} at most); the list is empty when none came. Each item has to be acknowledged, refused or extended before \`lease\` (\`30s\`) has passed.`,
  body: pullBody.optional(),
  bodyExample: { task: 'kiln/fire', limit: 5, lease: '1m', wait: '20s', consumer: 'robot-1' },
  answers: {
    200: { description: 'What was leased.', schema: z.object({ items: z.array(leasedSchema) }) },
  },
  handle: async ({ runtime, body = {}, signal }) => {
    const { wait = USUAL_WAIT, ...given } = withoutUndefined(body)
    const items = await runtime.pull({ ...given, wait, signal })
    return { status: 200, body: { items: items.map(toLeased) } }
  },
})

export const ackLease = operation({
  id: 'ackLease',
  tag,
  summary: 'The work is done',
  params,
  body: z.strictObject({ output: z.unknown().optional() }).optional(),
  bodyExample: { output: { grams: 12 } },
  answers: { 200: { description: 'The record as it is now.', schema: taskletSchema } },
  problems,
  handle: async ({ runtime, params: { token }, body }) => {
    const item = await find(runtime, token)
    return { status: 200, body: await item.ack(body?.output) }
  },
})

const nackBody = z
  .strictObject({
    error: z.string().min(1).max(8192).optional(),
    retryAfter: duration.optional(),
    fatal: z.boolean().optional(),
  })
  .register(terms, {
    id: 'Refusal',
    description: 'Why the work failed. `fatal`: trying again cannot help.',
  })

export const nackLease = operation({
  id: 'nackLease',
  tag,
  summary: 'The work failed',
  description:
    'Spends an attempt; the tasklet waits for the next one, or ends in the dead letters, as the task says. `retryAfter` takes the place of its backoff.',
  params,
  body: nackBody.optional(),
  bodyExample: { error: 'the kiln is cold', retryAfter: '5m' },
  answers: { 200: { description: 'The record as it is now.', schema: taskletSchema } },
  problems,
  handle: async ({ runtime, params: { token }, body = {} }) => {
    const { error = 'the consumer refused the work', retryAfter, fatal } = body
    const item = await find(runtime, token)
    const thrown = fatal ? new FatalError(error) : new Error(error)
    // Where it was thrown says nothing about the work.
    delete thrown.stack
    const options = retryAfter === undefined ? {} : { retryAfter }
    return { status: 200, body: await item.nack(thrown, options) }
  },
})

export const extendLease = operation({
  id: 'extendLease',
  tag,
  summary: 'The work takes longer',
  params,
  body: z.strictObject({ lease }),
  bodyExample: { lease: '1m' },
  answers: {
    200: {
      description: 'The new end. With `cancelRequested` somebody wants the work to stop.',
      schema: z.object({ until: time, cancelRequested: z.string().optional() }),
    },
  },
  problems,
  handle: async ({ runtime, params: { token }, body }) => {
    const item = await find(runtime, token)
    return { status: 200, body: await item.extend(body.lease) }
  },
})

function find(runtime: Runtime, text: string): Promise<PulledItem> {
  const { id, token } = fromLeaseToken(text)
  return runtime.pulled(id, token)
}

function toLeased({ tasklet, token }: PulledItem) {
  return { token: toLeaseToken({ id: tasklet.id, token }), until: tasklet.lease?.until, tasklet }
}
