import type { SqlConnections } from './session.ts'

type Source = Pick<SqlConnections, 'onForeignChange'>

/** Who wants to hear of changes by others, whether or not the store is open. */
export class ForeignListeners {
  /** With the way to stop, while the store is open. */
  readonly #listeners = new Map<() => void, (() => void) | undefined>()
  #source: Source | undefined

  listen(listener: () => void): () => void {
    // Each call is a listener of its own, also of the same function.
    const own = () => listener()
    this.#listeners.set(own, this.#source?.onForeignChange(own))
    return () => {
      this.#listeners.get(own)?.()
      this.#listeners.delete(own)
    }
  }

  /** The store is open; undefined: it is closed. */
  attach(source: Source | undefined): void {
    this.#source = source
    for (const [listener, stop] of this.#listeners) {
      stop?.()
      this.#listeners.set(listener, source?.onForeignChange(listener))
    }
  }
}
