import type { DatabaseSync, StatementSync } from 'node:sqlite'

/**
 * Calls back when another connection has committed. SQLite cannot tell by itself, but
 * `data_version` changes then, and reading it costs a microsecond. Returns the way to stop.
 */
export function watchForeignChanges(
  db: DatabaseSync,
  interval: number,
  onChange: () => void,
): () => void {
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
