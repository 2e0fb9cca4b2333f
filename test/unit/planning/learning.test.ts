import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EdgeStatistics, Observation } from '../../../src/planning/learning.ts'
import { learn, toEdgeCosts } from '../../../src/planning/learning.ts'

const observation = fc.record<Observation>({
  ok: fc.boolean(),
  duration: fc.double({ min: 0, max: 1e9, noNaN: true }),
})
const observations = fc.array(observation, { minLength: 1, maxLength: 40 })
const declaredCost = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true }))

const ok = (duration: number): Observation => ({ ok: true, duration })
const failed: Observation = { ok: false, duration: 1 }

/** Of at least one observation. */
function statisticsOf([first, ...rest]: readonly Observation[]): EdgeStatistics {
  return rest.reduce((stats, each) => learn(stats, each), learn(undefined, first ?? failed))
}

function costs(edges: Record<string, readonly [declared: number, seen: readonly Observation[]]>) {
  const observed = Object.entries(edges).map(([key, [declared, seen]]) => {
    return [key, { declared, stats: statisticsOf(seen) }] as const
  })
  const { cost } = toEdgeCosts(new Map(observed))
  return Object.fromEntries(
    Object.entries(edges).map(([key, [declared]]) => [key, cost(key, declared)]),
  )
}

describe('toEdgeCosts', () => {
  it('leaves edges that nobody has taken as they are declared', () => {
    fc.assert(
      fc.property(declaredCost, (declared) => {
        expect(toEdgeCosts(new Map()).cost('a', declared)).toBe(declared)
      }),
    )
  })

  it('is always finite and never negative', () => {
    const property = fc.property(
      fc.array(fc.tuple(declaredCost, observations), { minLength: 1, maxLength: 5 }),
      (edges) => {
        for (const cost of Object.values(costs(Object.fromEntries(edges.entries())))) {
          expect(Number.isFinite(cost) && cost >= 0).toBe(true)
        }
      },
    )
    fc.assert(property)
  })

  it('never makes an edge cheaper for one failure more', () => {
    const property = fc.property(
      declaredCost,
      observations,
      observation,
      observations,
      (declared, seen, { duration }, others) => {
        const before = costs({ edge: [declared, seen], other: [1, others] })
        const after = costs({
          edge: [declared, [...seen, { ok: false, duration }]],
          other: [1, others],
        })
        expect(after['edge']).toBeGreaterThanOrEqual(before['edge'] ?? 0)
      },
    )
    fc.assert(property)
  })

  it('gives the same costs and the same version for the same observations', () => {
    const property = fc.property(declaredCost, observations, (declared, seen) => {
      const make = () => toEdgeCosts(new Map([['edge', { declared, stats: statisticsOf(seen) }]]))
      expect(make().cost('edge', declared)).toBe(make().cost('edge', declared))
      expect(make().version).toBe(make().version)
    })
    fc.assert(property)
  })

  it('makes an edge dearer that takes longer for its cost than the others', () => {
    const seen = (duration: number) => Array.from({ length: 20 }, () => ok(duration))
    const { slow = 0, quick = 0 } = costs({ slow: [2, seen(4000)], quick: [2, seen(500)] })
    expect(slow).toBeGreaterThan(2)
    expect(quick).toBeLessThan(2)
    expect(slow).toBeLessThanOrEqual(8)
    expect(quick).toBeGreaterThanOrEqual(0.5)
  })

  it('changes nothing when all edges take as long as their cost says', () => {
    const { long, short } = costs({ long: [8, [ok(800), ok(800)]], short: [1, [ok(100)]] })
    expect(long).toBeCloseTo(8)
    expect(short).toBeCloseTo(1)
  })

  it('makes a free edge that fails dearer than a detour that works', () => {
    const seen = [failed, failed, failed]
    const { free = 0, detour = 0 } = costs({ free: [0, seen], detour: [1, [ok(10)]] })
    expect(free).toBeGreaterThan(detour)
    expect(costs({ free: [0, [ok(10)]] })['free']).toBe(0)
  })

  it('forgives an edge that has worked again for long', () => {
    const again = Array.from({ length: 60 }, () => ok(10))
    const once = costs({ edge: [3, [failed, failed]] })['edge'] ?? 0
    expect(once).toBeGreaterThan(6)
    expect(costs({ edge: [3, [failed, failed, ...again]] })['edge']).toBeCloseTo(3)
  })
})
