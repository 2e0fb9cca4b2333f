import type { BatchEntry } from '../../runtime/intake/batch.ts'
import type { TaskletHandle } from '../../runtime/intake/handle.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { operation } from '../http/operation.ts'
import { toSubmitOptions } from '../http/submission.ts'
import { acceptedSchema, batchBody, batchSchema, submissionBody } from '../schemas/tasklets.ts'

const EXAMPLE = { id: '019a3c5e-7f10-7c4e-9d2b-5a1f0c3e8b77', created: true }

export const submitTask = operation({
  id: 'submitTask',
  tag: 'Tasks',
  summary: 'Submit a task',
  description:
    'The tasklet is stored when the answer comes. A full queue is refused at once: try again later.',
  headers: {
    'Idempotency-Key': 'As `options.idempotencyKey`: the same key gives the same tasklet.',
    traceparent: 'The span that submits it (W3C Trace Context), unless the options name one.',
  },
  body: submissionBody,
  bodyExample: { task: 'kiln/fire', input: { piece: 'A1' }, options: { priority: 'high' } },
  answers: {
    202: {
      description: 'Stored, or found.',
      schema: acceptedSchema,
      example: EXAMPLE,
      headers: { Location: 'Where the tasklet is.' },
    },
  },
  problems: ['queue_full', 'store_full'],
  handle: async ({ runtime, body, header }) => {
    const options = toSubmitOptions(body.options, {
      idempotencyKey: header('idempotency-key'),
      traceparent: spanOf(runtime, header('traceparent')),
    })
    return accepted(await runtime.trySubmit(body.task, body.input, options))
  },
})

export const submitBatch = operation({
  id: 'submitBatch',
  tag: 'Tasks',
  summary: 'Submit tasks that are stored together, or none of them',
  description:
    'Entries may depend on keys of the batch and on ids of earlier tasklets. A refusal names the entry.',
  headers: {
    traceparent: 'The span that submits them (W3C Trace Context), unless their options name one.',
  },
  body: batchBody,
  bodyExample: {
    entries: [
      { key: 'build', task: 'site/build' },
      { key: 'deploy', task: 'site/deploy', dependsOn: ['build'] },
    ],
  },
  answers: {
    202: {
      description: 'All are stored, or found: by their keys.',
      schema: batchSchema,
      example: { tasklets: { build: EXAMPLE } },
    },
  },
  problems: ['queue_full', 'store_full'],
  handle: async ({ runtime, body, header }) => {
    const traceparent = spanOf(runtime, header('traceparent'))
    const entries = body.entries.map(({ options, ...entry }) => ({
      ...entry,
      options: toSubmitOptions(options, { traceparent }),
    }))
    const handles = await runtime.trySubmitBatch(entries as readonly BatchEntry[])
    const tasklets = Object.fromEntries(
      Object.entries(handles).map(([key, handle]) => [key, toAccepted(handle)]),
    )
    return { status: 202, body: { tasklets } }
  },
})

/** Where the server traces its requests, their spans stand between that of the client and ours. */
function spanOf({ callerTraceparent }: Runtime, traceparent: string | undefined) {
  return callerTraceparent ?? traceparent
}

/** The answer for a tasklet that somebody else's wish has made. */
export function accepted(handle: TaskletHandle) {
  const headers = { location: `/api/v1/tasks/${handle.id}` }
  return { status: 202, body: toAccepted(handle), headers }
}

function toAccepted({ id, created, reason }: TaskletHandle) {
  return { id, created, reason }
}
