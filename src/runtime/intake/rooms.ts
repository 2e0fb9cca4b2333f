interface Waiter {
  /** Its place in the line, which it keeps when it finds no room after all. */
  readonly ticket: number
  readonly wake: () => void
  readonly refuse: (reason: unknown) => void
}

interface Line {
  /** Grows whenever room was freed, so that room freed before somebody waited is not missed. */
  version: number
  nextTicket: number
  waiters: Waiter[]
  /** Those who have had to wait and are not inside yet, the called ones included. */
  queued: number
  /** Room that was freed while all who were queued had been called already. */
  surplus: number
}

export interface Entry {
  /** Tasklets that need room. */
  readonly size: number
  readonly signal: AbortSignal | undefined
}

/** The lines before full queues: first come, first served, and nothing is polled. */
export class Rooms {
  readonly #lines = new Map<string, Line>()
  #closedBy: Error | undefined

  /**
   * Asks `enter` until there is room: `undefined` says that there was none. Rejects with the
   * signal's reason, or with what `close` was given.
   */
  async enter<T>(queue: string, entry: Entry, enter: () => Promise<T | undefined>): Promise<T> {
    const line = this.#line(queue)
    const ticket = line.nextTicket++
    let isTaken = false
    let isQueued = false
    const wait = () => {
      if (!isQueued) line.queued += 1
      isQueued = true
      return this.#wait(line, ticket, entry.signal)
    }
    try {
      if (line.surplus > 0) line.surplus -= 1
      else if (line.queued > 0) await wait()
      for (;;) {
        entry.signal?.throwIfAborted()
        const { version } = line
        const answer = await enter()
        if (answer !== undefined) {
          isTaken = true
          return answer
        }
        // Room that was freed while the store was asked is tried at once.
        if (version === line.version) await wait()
      }
    } finally {
      if (isQueued) line.queued -= 1
      if (line.queued === 0) line.surplus = 0
      // Whoever leaves without entering leaves the room that it was called for to the next.
      if (!isTaken) this.freed(queue, entry.size)
    }
  }

  /** So many tasklets no longer wait in the queue. */
  freed(queue: string, count: number): void {
    const line = this.#lines.get(queue)
    if (line === undefined) return
    line.version += 1
    const called = line.waiters.splice(0, count)
    if (line.queued > 0) line.surplus += count - called.length
    for (const { wake } of called) wake()
  }

  /** Another process may have made room anywhere. */
  freedAnywhere(): void {
    for (const queue of this.#lines.keys()) this.freed(queue, Number.POSITIVE_INFINITY)
  }

  /** Sends everybody away, and whoever comes later. */
  close(reason: Error): void {
    this.#closedBy = reason
    for (const line of this.#lines.values()) {
      for (const waiter of line.waiters.splice(0)) waiter.refuse(reason)
    }
  }

  #wait(line: Line, ticket: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#closedBy !== undefined) return Promise.reject(this.#closedBy)
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { ticket, wake: resolve, refuse: reject }
    const behind = line.waiters.findIndex((other) => other.ticket > ticket)
    line.waiters.splice(behind === -1 ? line.waiters.length : behind, 0, waiter)
    const abort = () => {
      line.waiters = line.waiters.filter((other) => other !== waiter)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    return promise.finally(() => signal?.removeEventListener('abort', abort))
  }

  #line(queue: string): Line {
    const known = this.#lines.get(queue)
    if (known !== undefined) return known
    const line: Line = { version: 0, nextTicket: 0, waiters: [], queued: 0, surplus: 0 }
    this.#lines.set(queue, line)
    return line
  }
}
