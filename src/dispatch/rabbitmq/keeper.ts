import { type Link, reasonOf } from './connection.ts'

/** Something that reads from the broker for as long as its channels live. */
export interface Session {
  /** Resolves when it has ended. Rejects when the broker refuses something. */
  run(): Promise<void>
  /** Ends it, whatever state it is in. Never rejects. */
  end(): Promise<void>
}

/** Milliseconds before it is tried again, when the broker is there and refuses. */
const RETRY_AFTER = 1_000

/** Keeps one session going, from one connection to the next. */
export class Keeper {
  readonly #link: Link
  readonly #open: () => Promise<Session>
  readonly #warn: (reason: string) => void
  #session: Session | undefined
  #running: Promise<void> = Promise.resolve()
  #isClosed = false
  /** Ends the pause before the next attempt. */
  #endPause: () => void = () => undefined

  constructor(link: Link, open: () => Promise<Session>, warn: (reason: string) => void) {
    this.#link = link
    this.#open = open
    this.#warn = warn
  }

  /** Resolves when the session is open, or when there is nothing to open it with at present. */
  async start(): Promise<void> {
    const attempt = Promise.withResolvers<void>()
    this.#running = this.#keep(attempt.resolve)
    await attempt.promise
  }

  /** The broker is back: no need to wait any longer. */
  resume(): void {
    this.#endPause()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#endPause()
    await this.#session?.end()
    await this.#running
  }

  async #keep(attempted: () => void): Promise<void> {
    while (!this.#isClosed) {
      try {
        if (this.#link.isUp) await this.#runOne(attempted)
      } catch (cause) {
        // While the broker is away this is what is to be expected, and it has been told.
        if (this.#link.isUp) this.#warn(reasonOf(cause))
      }
      attempted()
      await this.#pause()
    }
  }

  async #runOne(opened: () => void): Promise<void> {
    const session = await this.#open()
    this.#session = session
    try {
      opened()
      // Whoever closed it in the meantime did not know of this session.
      if (!this.#isClosed) await session.run()
    } finally {
      await session.end()
    }
  }

  #pause(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, RETRY_AFTER)
      this.#endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
