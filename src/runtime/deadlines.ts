import type { Clock } from '../ports/clock.ts'

/** Something that happens at a time unless it is cancelled before. */
export interface Deadline {
  readonly at: number
  /** Undefined once it has happened or was cancelled. */
  fn: (() => void) | undefined
}

const SWEEP_FROM = 1024

/**
 * One timer for any number of deadlines, because thousands of live timers make every stop slow. A
 * binary heap by time; a cancelled entry stays until it surfaces, or until such entries are the
 * majority and the heap is built anew, so cancelling costs O(1) amortised.
 */
export class Deadlines {
  readonly #clock: Clock
  #heap: Deadline[] = []
  #cancelled = 0
  #disarm: (() => void) | undefined
  #armedFor = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(at: number, fn: () => void): Deadline {
    const deadline = { at, fn }
    push(this.#heap, deadline)
    if (at < this.#armedFor) this.#arm()
    return deadline
  }

  cancel(deadline: Deadline): void {
    if (deadline.fn === undefined) return
    deadline.fn = undefined
    this.#cancelled += 1
    if (this.#cancelled < SWEEP_FROM || this.#cancelled * 2 < this.#heap.length) return
    // An array in ascending order is a heap.
    this.#heap = this.#heap.filter(({ fn }) => fn !== undefined).sort((a, b) => a.at - b.at)
    this.#cancelled = 0
    this.#arm()
  }

  close(): void {
    this.#heap = []
    this.#cancelled = 0
    this.#arm()
  }

  #arm(): void {
    while (this.#heap[0] !== undefined && this.#heap[0].fn === undefined) {
      popRoot(this.#heap)
      this.#cancelled -= 1
    }
    const next = this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
    if (next === this.#armedFor) return
    this.#disarm?.()
    this.#armedFor = next
    this.#disarm =
      next === Number.POSITIVE_INFINITY ? undefined : this.#clock.setTimer(next, () => this.#fire())
  }

  #fire(): void {
    this.#armedFor = Number.POSITIVE_INFINITY
    this.#disarm = undefined
    const now = this.#clock.now()
    for (let root = this.#heap[0]; root !== undefined && root.at <= now; root = this.#heap[0]) {
      popRoot(this.#heap)
      const { fn } = root
      root.fn = undefined
      if (fn === undefined) this.#cancelled -= 1
      else fn()
    }
    this.#arm()
  }
}

function push(heap: Deadline[], entry: Deadline): void {
  let index = heap.push(entry) - 1
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent] as Deadline
    if (above.at <= entry.at) break
    heap[index] = above
    index = parent
  }
  heap[index] = entry
}

function popRoot(heap: Deadline[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let index = 0
  for (;;) {
    let child = 2 * index + 1
    if (child >= heap.length) break
    const right = heap[child + 1]
    if (right !== undefined && right.at < (heap[child] as Deadline).at) child += 1
    const below = heap[child] as Deadline
    if (below.at >= last.at) break
    heap[index] = below
    index = child
  }
  heap[index] = last
}
