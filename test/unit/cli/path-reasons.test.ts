import { expect, test } from 'vitest'
import { describeReasons, toReasons } from '../../../src/cli/path-reasons.ts'
import { styleFor } from '../../../src/cli/style.ts'
import { DEFAULT_DATABASE } from '../../../src/create-runtime.ts'
import type { Plan } from '../../../src/plan/model.ts'
import { createPlanner } from '../../../src/planning/planner.ts'
import { edge, toWorld } from '../planning/world.ts'
import { collectedIo } from './collected-io.ts'

test('the best other way stands with its cost and why it is dearer', async () => {
  const world = toWorld({
    initial: 'a',
    states: {
      a: { on: { DIRECT: edge('c', 1), AROUND: edge('b', 2) } },
      b: { on: { ON: edge('c', 2) } },
      c: {},
    },
  })
  const plan = { name: 'plan', version: 'v', world } as Plan
  const question = { plan, planner: createPlanner(world), from: ['a'], target: 'c' }
  const reasons = await toReasons({ ...question, db: DEFAULT_DATABASE }, () => {})
  expect(reasons.data).toMatchObject({
    cost: 1,
    alternative: { cost: 4, reason: '3 dearer: declared 4 against 1' },
  })
  const io = collectedIo()
  expect(describeReasons(reasons, styleFor(io.stdout, io.env))).toContain(
    'otherwise: a ──AROUND 2──▶ b ──ON 2──▶ c\ncost 4, 3 dearer: declared 4 against 1',
  )
})
