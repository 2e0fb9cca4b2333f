import fc from 'fast-check'
import { expect, test } from 'vitest'
import { definePlan } from '../../../../src/plan/define.ts'
import { compilePlan } from '../../../../src/plan/load.ts'

interface Way {
  readonly from: number
  readonly to: number
  readonly cost: number
}

/** The places that the rule tells of in a world of so many states and these ways. */
function toldOf(size: number, ways: readonly Way[]): readonly string[] {
  const states = Array.from({ length: size }, (_, at) => {
    const on = ways.flatMap(({ from, to, cost }, index) =>
      from === at
        ? [[`GO${index}`, { target: `s${to}`, meta: { task: 'go', cost } }] as const]
        : [],
    )
    return [`s${at}`, { meta: { check: `is${at}` }, on: Object.fromEntries(on) }] as const
  })
  const plan = definePlan({
    name: 'world',
    machine: { initial: 's0', states: Object.fromEntries(states) },
    checks: Object.fromEntries(states.map((_, at) => [`is${at}`, () => true])),
    tasks: { go: () => 1 },
  })
  return compilePlan(plan).warnings.flatMap(({ rule, path }) =>
    rule === 'costly-edge' ? path : [],
  )
}

/** The least that it costs without one of the ways, by trying as often as there are states. */
function costWithout(left: number, size: number, ways: readonly Way[]): number {
  const { from: start, to: goal } = ways[left] as Way
  const costs = Array.from({ length: size }, (_, at) => (at === start ? 0 : Infinity))
  for (let round = 0; round < size; round++) {
    for (const [index, { from, to, cost }] of ways.entries()) {
      if (index !== left) costs[to] = Math.min(costs[to] ?? Infinity, (costs[from] ?? 0) + cost)
    }
  }
  return costs[goal] ?? Infinity
}

test('an edge is told of exactly when the others lead there for less', () => {
  const state = fc.nat({ max: 5 })
  const way = fc.record({ from: state, to: state, cost: fc.nat({ max: 9 }) })
  const ways = fc.array(
    way.filter(({ from, to }) => from !== to),
    { maxLength: 14 },
  )
  fc.assert(
    fc.property(ways, (given) => {
      const costly = given.flatMap(({ from, cost }, index) =>
        costWithout(index, 6, given) < cost ? [`machine.states.s${from}.on.GO${index}.meta`] : [],
      )
      expect([...toldOf(6, given)].sort()).toEqual(costly.sort())
    }),
  )
})

test('a world of hundreds of states is looked at too', () => {
  const size = 600
  const ways = Array.from({ length: size }, (_, from) => [
    { from, to: (from + 1) % size, cost: 1 },
    { from, to: (from * 7 + 3) % size, cost: 50 },
    { from, to: (from + size - 1) % size, cost: 1 },
  ]).flat()
  expect(toldOf(size, ways).length).toBeGreaterThan(50)
})
