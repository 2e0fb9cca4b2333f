import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../src/plan/nearest.ts'

describe('nearestName', () => {
  it.each([
    ['strat', ['stop', 'start'], 'start'],
    ['up.servign', ['up.serving', 'up.drained'], 'up.serving'],
    ['ISCOLD', ['isHot', 'isCold'], 'isCold'],
    ['hto', ['hot', 'cold'], 'hot'],
    ['warm', ['hot', 'cold'], undefined],
    ['', ['a'], undefined],
  ])('finds for %j among %j: %j', (name, candidates, nearest) => {
    expect(nearestName(name, candidates)).toBe(nearest)
  })

  it('always finds a name with one letter missing, added or swapped', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,20}$/), fc.nat(19), (name, at) => {
        const index = at % (name.length - 1)
        const [before, after] = [name.slice(0, index), name.slice(index)]
        const swapped = `${before}${after[1]}${after[0]}${after.slice(2)}`
        for (const slip of [`${before}${after.slice(1)}`, `${before}z${after}`, swapped]) {
          expect(nearestName(slip, ['zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz', name])).toBe(name)
        }
      }),
    )
  })
})
