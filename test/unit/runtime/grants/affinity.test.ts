import { describe, expect, it } from 'vitest'
import { type Contender, yieldsWorld } from '../../../../src/runtime/grants/affinity.ts'

const MAX = 100
const equal = (waited: number, sequence = 0): Contender => ({ priority: 500, waited, sequence })
const [urgent, idle] = [
  { priority: 100, waited: 0, sequence: 0 },
  { priority: 900, waited: 0, sequence: 0 },
]

describe('The world', () => {
  it.for([
    ['stays where nobody needs it otherwise', equal(0), undefined, MAX, false],
    ['stays where nobody wants anything', undefined, undefined, 0, false],
    ['turns where it serves nobody', undefined, equal(0), 0, true],
    ['turns to the more urgent', equal(500), urgent, 0, true],
    ['stays for the more urgent', equal(0), { ...idle, waited: 500 }, 500, false],
    ['stays among equals', equal(0), equal(99), 500, false],
    ['turns to one that has waited long', equal(99), equal(100), 0, true],
    ['stays a while where both have waited long', equal(100), equal(900), 99, false],
    ['turns when it has stayed long enough for both', equal(100), equal(900), 100, true],
    ['stays for those that have waited longer', equal(900), equal(100), 900, false],
    ['stays for the first of equally old ones', equal(100, 1), equal(100, 2), 900, false],
    ['turns to the first of equally old ones', equal(100, 2), equal(100, 1), 900, true],
  ] as const)('%s', ([, served, other, servedFor, yields]) => {
    expect(yieldsWorld({ served, other, servedFor, maxWait: MAX })).toBe(yields)
  })

  it.for([
    ['submitted first', equal(0, 1), equal(0, 2), false],
    ['that has waited longer', equal(3, 2), equal(5, 1), true],
  ] as const)('without a bound serves the one %s', ([, served, other, yields]) => {
    expect(yieldsWorld({ served, other, servedFor: 0, maxWait: 0 })).toBe(yields)
  })
})
