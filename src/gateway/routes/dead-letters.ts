import { z } from 'zod'
import { taskletSchema } from '../../runtime/envelope/tasklet-schema.ts'
import { terms, time } from '../../runtime/envelope/values.ts'
import type { DeadLetterChoice } from '../../runtime/operations/dead-letters.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { requireTasklet } from '../http/lookup.ts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problem.ts'
import { withoutUndefined } from '../http/without-undefined.ts'
import { flag, name, words } from '../schemas/inputs.ts'
import { pageOf } from '../schemas/tasklets.ts'
import { filterShape, pageShape, withTask } from './tasks.ts'

const tag = 'Dead letters'
const MOST_IDS = 1000

const choiceBody = z
  .strictObject({
    ids: z.array(name).min(1).max(MOST_IDS).optional(),
    filter: z
      .strictObject({
        plan: name.optional(),
        task: name.optional(),
        queue: name.optional(),
        tag: name.optional(),
        group: name.optional(),
        text: words.optional(),
        since: time.optional(),
        settledSince: time.optional(),
      })
      .optional(),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    error: 'give either "ids" or "filter"; an empty filter stands for all',
  })
  .register(terms, {
    id: 'DeadLetterChoice',
    description: 'Either ids, or a filter: `{}` stands for all dead letters.',
  })

export const listDeadLetters = operation({
  id: 'listDeadLetters',
  tag,
  summary: 'List tasklets that failed for good, newest first',
  description: 'Those that were run again are left out unless `replayed=true`.',
  query: z.strictObject({ ...filterShape, replayed: flag.optional(), ...pageShape }),
  answers: { 200: { description: 'One page.', schema: pageOf(taskletSchema) } },
  handle: async ({ runtime, query }) => ({
    status: 200,
    body: await runtime.deadLetters.list(withoutUndefined(withTask(query))),
  }),
})

export const replayDeadLetters = operation({
  id: 'replayDeadLetters',
  tag,
  summary: 'Run dead letters again, each as a new tasklet',
  body: choiceBody,
  bodyExample: { filter: { task: 'kiln/fire' } },
  answers: {
    200: {
      description: 'Which were, and which were not and why.',
      schema: z.object({
        replayed: z.array(z.object({ id: z.string(), replayOf: z.string() })),
        refused: z.array(z.object({ id: z.string(), message: z.string() })),
      }),
    },
  },
  problems: ['not_found', 'conflict', 'store_full'],
  handle: async ({ runtime, body }) => ({
    status: 200,
    body: await runtime.deadLetters.replay(await toChoice(runtime, body)),
  }),
})

export const discardDeadLetters = operation({
  id: 'discardDeadLetters',
  tag,
  summary: 'Delete dead letters',
  body: choiceBody,
  bodyExample: { ids: ['019a3c5e-7f10-7c4e-9d2b-5a1f0c3e8b77'] },
  answers: {
    200: {
      description: 'How many there were.',
      schema: z.object({ discarded: z.int().min(0) }),
      example: { discarded: 1 },
    },
  },
  problems: ['not_found', 'conflict'],
  handle: async ({ runtime, body }) => ({
    status: 200,
    body: { discarded: await runtime.deadLetters.discard(await toChoice(runtime, body)) },
  }),
})

async function toChoice(
  runtime: Runtime,
  { ids, filter }: z.infer<typeof choiceBody>,
): Promise<DeadLetterChoice> {
  if (ids === undefined) return withoutUndefined(withTask(filter ?? {}))
  // All are looked at first: a wrong id changes nothing.
  for (const id of ids) {
    const { status } = await requireTasklet(runtime, id)
    if (status !== 'failed') {
      throw new Problem('conflict', `tasklet ${id} is no dead letter: it is ${status}`)
    }
  }
  return ids
}
