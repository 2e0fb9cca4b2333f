import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVertexHeap } from '../../../src/planning/vertex-heap.ts'

describe('vertex heap', () => {
  it('gives vertices back in the order of their values, also after values have fallen', () => {
    const numbers = fc.array(fc.nat(20), { maxLength: 40 })
    const property = fc.property(numbers, numbers, (values, falls) => {
      const current = values.map((value) => value + 20)
      const heap = createVertexHeap(values.length, (a, b) => (current[a] ?? 0) < (current[b] ?? 0))
      for (const vertex of values.keys()) heap.raise(vertex)
      for (const [index, fall] of falls.entries()) {
        const vertex = index * 7
        if (vertex >= values.length) break
        current[vertex] = (current[vertex] ?? 0) - fall
        heap.raise(vertex)
      }
      const popped: number[] = []
      for (let vertex = heap.pop(); vertex !== undefined; vertex = heap.pop()) popped.push(vertex)
      expect(popped.map((vertex) => current[vertex])).toEqual(current.toSorted((a, b) => a - b))
      expect(new Set(popped).size).toBe(values.length)
    })
    fc.assert(property)
  })
})
