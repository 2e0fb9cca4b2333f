/** A priority queue of vertices 0..size-1, each at most once in it. */
export interface VertexHeap {
  /** Adds the vertex, or moves it forward after its place in the order has improved: O(log n). */
  raise(vertex: number): void
  /** Takes the first vertex out: O(log n). */
  pop(): number | undefined
}

/**
 * A binary heap; `before` compares by values that the caller keeps beside it. Places stay below
 * `length`, which is what the casts of array reads rest on.
 */
export function createVertexHeap(
  size: number,
  before: (a: number, b: number) => boolean,
): VertexHeap {
  const heap = new Int32Array(size)
  const places = new Int32Array(size).fill(-1)
  let length = 0

  const at = (place: number) => heap[place] as number
  function put(vertex: number, place: number): void {
    heap[place] = vertex
    places[vertex] = place
  }

  return {
    raise(vertex) {
      let place = places[vertex] as number
      if (place < 0) place = length++
      while (place > 0) {
        const parent = (place - 1) >> 1
        if (!before(vertex, at(parent))) break
        put(at(parent), place)
        place = parent
      }
      put(vertex, place)
    },
    pop() {
      if (length === 0) return undefined
      const first = at(0)
      places[first] = -1
      const last = at(--length)
      if (length > 0) sink(last)
      return first
    },
  }

  function sink(vertex: number): void {
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= length) break
      if (child + 1 < length && before(at(child + 1), at(child))) child += 1
      if (!before(at(child), vertex)) break
      put(at(child), place)
      place = child
    }
    put(vertex, place)
  }
}
