import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moved, type Place } from '../../../src/stores/order.ts'

test('whatever is moved wherever, ranks stay distinct and give the order that was asked for', () => {
  const moves = fc.array(fc.record({ from: fc.nat(4), to: fc.nat(6) }), { maxLength: 200 })
  const priorities = fc.array(fc.constantFrom(1, 2), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(moves, priorities, (sequence, given) => {
      let places: Place[] = [...given.entries()].map(([index, priority]) => {
        return { id: String(index), priority, rank: index + 1 }
      })
      places.sort(byPlace)
      for (const { from, to } of sequence) {
        const expected = places.map(({ id }) => id)
        const [id = ''] = expected.splice(from, 1)
        expected.splice(Math.min(to, 4), 0, id)
        const changed = new Map(moved(places, id, to).map((place) => [place.id, place]))
        places = places.map((place) => changed.get(place.id) ?? place).sort(byPlace)
        expect(places.map((place) => place.id)).toEqual(expected)
        expect(new Set(places.map(({ priority, rank }) => `${priority} ${rank}`)).size).toBe(5)
      }
    }),
  )
})

function byPlace(one: Place, other: Place): number {
  return one.priority - other.priority || one.rank - other.rank
}
