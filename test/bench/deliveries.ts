/** Counts how often each input was delivered. */
export class Deliveries {
  readonly #counts: Uint8Array

  constructor(size: number) {
    this.#counts = new Uint8Array(size)
  }

  readonly deliver = (input: number): void => {
    this.#counts[input] = (this.#counts[input] ?? 0) + 1
  }

  /** @throws {Error} unless every input was delivered exactly once. */
  requireExactlyOnce(): void {
    const wrong = this.#counts.findIndex((count) => count !== 1)
    if (wrong !== -1) throw new Error(`task ${wrong} was delivered ${this.#counts[wrong]} times`)
  }
}
