interface Asking {
  readonly order: number
  readonly release: () => void
}

/** The place of what ended in no earlier delivery: after all that did. */
const LIVE = Number.POSITIVE_INFINITY

/**
 * Gives the endings of earlier deliveries in the order in which they came then, so that a machine
 * takes the same way again: what was over before another step failed is not cancelled by it now.
 * Nothing begins anew before all of them are given.
 */
export class Replays {
  /** Endings that are not given yet. */
  #left: number
  #isOver: boolean
  #asking: Asking[] = []
  #looking = false

  /** `count`: of endings that there are. */
  constructor(count: number) {
    this.#left = count
    this.#isOver = count === 0
  }

  /**
   * When it is the turn of an ending with that place; undefined: now. What is no ending has its turn
   * at once when its signal aborts: it will not begin.
   */
  turnOf(signal: AbortSignal, order = LIVE): Promise<void> | undefined {
    if (order === LIVE && (this.#isOver || signal.aborted)) return undefined
    const { promise, resolve: release } = Promise.withResolvers<void>()
    this.#asking.push({ order, release })
    if (order === LIVE) signal.addEventListener('abort', () => release(), { once: true })
    this.#look()
    return promise
  }

  /**
   * One after another, each when all that promises hold has happened: by then a machine has asked for
   * everything that the ending before made possible. Of those that ask the first, not the next that
   * is known: in another version of the plan some are never asked for.
   */
  #look(): void {
    if (this.#looking) return
    this.#looking = true
    // A tick that is asked for by a promise's job comes when no such job is left.
    queueMicrotask(() => process.nextTick(() => this.#give()))
  }

  #give(): void {
    this.#looking = false
    this.#isOver ||= this.#left === 0
    const first = this.#asking.reduce((least, { order }) => Math.min(least, order), LIVE)
    const due = this.#asking.filter(({ order }) => order === first)
    this.#asking = this.#asking.filter(({ order }) => order !== first)
    if (first !== LIVE) this.#left -= due.length
    for (const { release } of due) release()
    const isLast = this.#left === 0 && !this.#isOver
    if (this.#asking.length > 0 || isLast) this.#look()
  }
}
