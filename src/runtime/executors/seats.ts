/** So many may work at once; the others wait in line. */
export class Seats {
  #free: number
  readonly #line = new Set<() => void>()

  constructor(size: number) {
    this.#free = size
  }

  /** Resolves to what gives the seat back; rejects with the signal's reason when it aborts first. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else await this.#wait(signal)
    return this.#giveBackOnce()
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#line.delete(enter)
        reject(signal.reason)
      }
      const enter = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      this.#line.add(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  #giveBackOnce(): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const [next] = this.#line
      if (next === undefined) this.#free += 1
      else {
        this.#line.delete(next)
        next()
      }
    }
  }
}
