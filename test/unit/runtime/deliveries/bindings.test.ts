import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bind } from '../../../../src/runtime/deliveries/bindings.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { planOf } from '../../../support/runtimes.ts'

const plan = planOf({
  count: { input: z.object({ n: z.number().default(3) }), run: () => 0 },
  parse: { input: z.string().transform(Number), run: () => 0 },
})

function record(task: string, input: unknown, planVersion = 'older') {
  return newTasklet({ plan: 'plan', task, input, planVersion, requires: ['somewhere'] })
}

describe('what a record stands for in a version of its plan', () => {
  it('is the record itself in the version that it was submitted to', () => {
    const tasklet = record('count', 'whatever', plan.version)
    expect(bind(tasklet, plan)).toMatchObject({ tasklet, task: { name: 'count' }, plan })
  })

  it('has the input and the requirement as another version has them', () => {
    const { tasklet, refusal } = bind(record('count', {}), plan)
    expect(tasklet).toMatchObject({ input: { n: 3 }, requires: [] })
    expect(refusal).toBeUndefined()
  })

  it('is nothing that could be run when its input is not valid there, or its task is gone', () => {
    expect(bind(record('count', { n: 'many' }), plan)).toMatchObject({
      task: undefined,
      tasklet: { requires: [] },
      refusal: { kind: 'invalid-input', message: expect.stringContaining('n: ') },
    })
    expect(bind(record('gone', {}), plan).refusal).toMatchObject({ kind: 'missing-task' })
    expect(bind(record('count', {}), undefined).refusal).toMatchObject({ kind: 'missing-task' })
  })

  it('keeps an input that the schema has transformed, which it would not take again', () => {
    expect(bind(record('parse', 5), plan)).toMatchObject({
      tasklet: { input: 5 },
      task: { name: 'parse' },
    })
  })
})
