import { DatabaseSync } from 'node:sqlite'

/** The database connections that this process opens, so that a fault can reach them from inside. */
export interface Connections {
  /** Runs the statement on each connection, and returns the first cell of the first answer. */
  tell(sql: string): unknown
  release(): void
}

/** Notes every connection that executes anything, which a store does as soon as it opens one. */
export function watchConnections(): Connections {
  const seen = new Set<DatabaseSync>()
  const original = DatabaseSync.prototype.exec
  DatabaseSync.prototype.exec = function exec(this: DatabaseSync, sql: string) {
    seen.add(this)
    Reflect.apply(original, this, [sql])
  }
  return {
    tell: (sql) => {
      const answers = [...seen].filter(({ isOpen }) => isOpen).map((db) => db.prepare(sql).get())
      return Object.values(answers[0] ?? {})[0]
    },
    release: () => {
      DatabaseSync.prototype.exec = original
    },
  }
}
