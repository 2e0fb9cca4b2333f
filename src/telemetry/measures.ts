/** A number that is counted up, or set. */
export class Amount {
  value = 0

  add(by = 1): void {
    this.value += by
  }
}

/** How many of what was measured lie within each bound, and their sum. */
export class Distribution {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = new Array<number>(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    let at = 0
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? 0)) at += 1
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#sum += value
  }

  get sum(): number {
    return this.#sum
  }

  /** By upper bound, each with all that lies below it; the last one holds everything. */
  cumulative(): readonly { readonly le: string; readonly count: number }[] {
    let count = 0
    return this.#counts.map((own, at) => {
      count += own
      return { le: String(this.#bounds[at] ?? '+Inf'), count }
    })
  }
}
