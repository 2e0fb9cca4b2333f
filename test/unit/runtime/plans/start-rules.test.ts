import { describe, expect, it } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import { compilePlan } from '../../../../src/plan/load.ts'
import { toStartRules } from '../../../../src/runtime/plans/start-rules.ts'

const LIMIT = { count: 5, per: 1000, perGroup: false }
const call = { resources: ['api'], run: () => 1 }

describe('toStartRules', () => {
  it('counts a shared resource in one window for all plans that use it', () => {
    const shared = { api: 2 }
    const plans = ['one', 'two'].map((name) =>
      compilePlan(definePlan({ name, tasks: { call, other: () => 1 } }), { resources: shared }),
    )
    const { rateLimits } = toStartRules(plans, { api: { capacity: 2, limit: LIMIT } })
    expect(rateLimits).toEqual([{ key: 'resource:api', tasks: ['one/call', 'two/call'], ...LIMIT }])
  })

  it('counts a resource that a plan declares itself for that plan alone', () => {
    const resources = { api: { capacity: 2, limit: { count: 1, per: 50 } } }
    const own = compilePlan(definePlan({ name: 'own', resources, tasks: { call } }))
    const { rateLimits } = toStartRules([own], { api: { capacity: 2, limit: LIMIT } })
    expect(rateLimits).toEqual([
      { key: 'resource:own/api', tasks: ['own/call'], count: 1, per: 50, perGroup: false },
    ])
  })

  it('asks nothing of the store where plans declare nothing', () => {
    const plan = compilePlan(definePlan({ name: 'plain', tasks: { a: () => 1 } }))
    expect(toStartRules([plan], {})).toEqual({
      external: [],
      contended: [],
      exclusivePlans: new Set(),
      rivals: new Map(),
      timed: [],
      groupLimits: {},
      rateLimits: [],
    })
  })
})
