/** When tasklets started that a rate limit counts, by the name of its window, ascending. */
export class Windows {
  readonly #starts = new Map<string, number[]>()

  /** Notes so many starts and forgets those that `per` milliseconds have passed since. */
  note(window: string, at: number, count: number, per: number): void {
    const starts = (this.#starts.get(window) ?? []).filter((start) => start > at - per)
    for (let index = 0; index < count; index += 1) starts.push(at)
    this.#starts.set(window, starts)
  }

  /** The time of the nth start from the end; 1 is the latest. */
  latest(window: string, nth: number): number | undefined {
    return this.#starts.get(window)?.at(-nth)
  }
}
