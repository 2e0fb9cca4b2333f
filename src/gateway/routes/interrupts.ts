import { z } from 'zod'
import { requireKnown } from '../http/lookup.ts'
import { type Call, operation } from '../http/operation.ts'
import { name } from '../schemas/inputs.ts'
import { interruptSchema } from '../schemas/operations.ts'
import { pageOf } from '../schemas/tasklets.ts'
import { interruptViews } from './rule-views.ts'

const params = z.strictObject({ interrupt: name })
const tag = 'Interrupts'
const answers = { 200: { description: 'The rule as it is now.', schema: interruptSchema } }
const problems = ['not_found'] as const

export const listInterrupts = operation({
  id: 'listInterrupts',
  tag,
  summary: 'The rules that break in, and how they stand',
  answers: { 200: { description: 'All of them.', schema: pageOf(interruptSchema) } },
  handle: ({ runtime }) => ({ status: 200, body: { items: interruptViews(runtime) } }),
})

export const enableInterrupt = operation({
  id: 'enableInterrupt',
  tag,
  summary: 'Switch a rule on',
  description: 'The name is `plan/name`.',
  params,
  answers,
  problems,
  handle: (call) => switched(call, 'enable'),
})

export const disableInterrupt = operation({
  id: 'disableInterrupt',
  tag,
  summary: 'Switch a rule off',
  description: 'An interrupt that is under way is brought to its end.',
  params,
  answers,
  problems,
  handle: (call) => switched(call, 'disable'),
})

async function switched(
  { runtime, params: { interrupt } }: Call<z.infer<typeof params>>,
  change: 'enable' | 'disable',
) {
  const names = runtime.interrupts.list().map((rule) => rule.name)
  requireKnown('interrupt', interrupt, names)
  await runtime.interrupts[change](interrupt)
  return { status: 200, body: interruptViews(runtime).find((rule) => rule.name === interrupt) }
}
