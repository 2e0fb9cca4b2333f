import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { definePlan } from '../../../../src/plan/define.ts'
import { type Action, defineAction, factsOf } from '../../../../src/plan/tasks/action.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

test('The types of input and output come from the schemas, and without one from the code.', () => {
  const sized = defineAction({
    input: z.object({ text: z.string(), times: z.number().default(2) }),
    output: z.object({ size: z.number() }),
    run: ({ input }) => {
      expectTypeOf(input).toEqualTypeOf<{ text: string; times: number }>()
      return { size: input.text.length * input.times }
    },
  })
  expectTypeOf(sized).toEqualTypeOf<Action<{ size: number }>>()
  const plain = defineAction({ run: async ({ input }) => (input === undefined ? 'none' : 'some') })
  expectTypeOf(plain).toExtend<Action<string>>()
  // @ts-expect-error: its output is no number
  defineAction({ output: z.number(), run: () => 'text' })
  const { tasks } = definePlan({ name: 'typed', tasks: { sized: { run: sized } } })
  expect(tasks.sized).toMatchObject({ plan: 'typed', name: 'sized' })
})

test('What an action takes is told without changing the input.', () => {
  const action = defineAction({ input: z.object({ on: z.coerce.date() }), run: () => null })
  const check = factsOf(action)?.input
  expect(check?.parse({ on: '2030-01-01' })).toEqual({ on: '2030-01-01' })
  expect(check?.safeParse({ on: 'soon' }).error?.issues[0]?.path).toEqual(['on'])
  expect(factsOf(() => null)).toBeUndefined()
})

test('An action of a plan in code reads its context like any handler, its own input made by its schema.', async () => {
  const action = defineAction({
    input: z.object({ on: z.coerce.date() }),
    run: ({ input, attempt, plan, taskletId, signal, log, idempotencyKey }) => {
      log.info('it runs')
      const key = idempotencyKey === taskletId
      return [input.on.getUTCFullYear(), attempt, plan.name, key, signal.aborted]
    },
  })
  const { runtime, clock } = await startRuntime(planOf({ job: action }))
  const result = runtime.call('plan/job', { on: '2030-01-01' })
  await clock.advance(0)
  expect(await result).toEqual([2030, 1, 'plan', true, false])
  await expect(runtime.submit('plan/job', { on: 'soon' })).rejects.toThrow('on: ')
})
