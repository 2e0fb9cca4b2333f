import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Who wants to hear of changes by other connections; looks for them only while somebody does. */
export class ForeignChanges {
  readonly #interval: number
  readonly #listeners = new Set<() => void>()
  #db: DatabaseSync | undefined
  #stop: (() => void) | undefined

  /** `interval`: milliseconds between two looks. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** The database is open; undefined: it is closed. */
  watch(db: DatabaseSync | undefined): void {
    this.#db = db
    this.#arm()
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#arm()
    return () => {
      this.#listeners.delete(listener)
      this.#arm()
    }
  }

  #arm(): void {
    const db = this.#listeners.size === 0 ? undefined : this.#db
    if (db === undefined) {
      this.#stop?.()
      this.#stop = undefined
      return
    }
    this.#stop ??= watchForeignChanges(db, this.#interval, () => {
      for (const listener of this.#listeners) listener()
    })
  }
}

/**
 * Calls back when another connection has committed. SQLite cannot tell by itself, but
 * `data_version` changes then, and reading it costs a microsecond. Returns the way to stop.
 */
function watchForeignChanges(db: DatabaseSync, interval: number, onChange: () => void): () => void {
  const statement = db.prepare('PRAGMA data_version')
  let seen = read(statement)
  const timer = setInterval(() => {
    const current = read(statement)
    if (current !== undefined && current === seen) return
    seen = current
    onChange()
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}

/** Undefined when it cannot be read. Then there may be a change, and who looks meets the error. */
function read(statement: StatementSync): unknown {
  try {
    return statement.get()?.data_version
  } catch {
    return undefined
  }
}
