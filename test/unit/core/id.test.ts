import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIdSource } from '../../../src/core/id.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

describe('createIdSource', () => {
  it('gives UUIDs of version 7 that begin with the time', () => {
    const times = fc.integer({ min: 1, max: 2 ** 48 - 1 })
    fc.assert(
      fc.property(times, (time) => {
        const id = createIdSource(() => time)()
        expect(id).toMatch(UUID_V7)
        expect(timeOf(id)).toBe(time)
      }),
      { examples: [[2 ** 48 - 1], [2 ** 32], [1]] },
    )
  })

  it('increases strictly, also when the clock stands still or goes back', () => {
    const times = fc.array(fc.integer({ min: 0, max: 2 ** 47 }), { minLength: 2, maxLength: 50 })
    fc.assert(
      fc.property(times, (times) => {
        let at = 0
        const next = createIdSource(() => times[at++ % times.length] ?? 0)
        const ids = Array.from({ length: times.length * 2 }, next)
        for (const id of ids) expect(id).toMatch(UUID_V7)
        expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''))).toBe(true)
      }),
    )
  })

  it('increases strictly past the 4096 ids that one millisecond holds', () => {
    const next = createIdSource(() => 1_800_000_000_000)
    const ids = Array.from({ length: 10_000 }, next)
    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every((id) => UUID_V7.test(id))).toBe(true)
  })

  it('draws a fresh random part for every id', () => {
    const next = createIdSource(() => 5)
    const parts = Array.from({ length: 2000 }, () => next().slice(20))
    expect(new Set(parts).size).toBe(parts.length)
  })
})
