import { z } from 'zod'
import { toMilliseconds } from '../../core/duration.ts'
import { operation } from '../http/operation.ts'
import { span, upTo } from '../schemas/inputs.ts'
import { statsSchema } from '../schemas/operations.ts'

export const getStats = operation({
  id: 'getStats',
  tag: 'Statistics',
  summary: 'Counts, times, flow and health of all queues',
  description:
    '`window` is how far times and flow look back: from `1m` to `1d`, `15m` unless given.',
  query: z.strictObject({ window: span.check(atLeast('1m'), upTo('1d')).optional() }),
  answers: { 200: { description: 'As they are now.', schema: statsSchema } },
  handle: async ({ runtime, query: { window } }) => ({
    status: 200,
    body: await runtime.stats(window === undefined ? undefined : toMilliseconds(window)),
  }),
})

function atLeast(least: string) {
  return z.refine<number | string>((value) => toMilliseconds(value) >= toMilliseconds(least), {
    error: `${least} at least`,
  })
}
