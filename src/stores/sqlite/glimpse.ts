import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { STATUS_NAMES } from './columns.ts'
import { SCHEMA_VERSION } from './schema.ts'

export interface Glimpse {
  readonly queues: readonly string[]
  /** The newest, newest first. */
  readonly tasklets: readonly { readonly id: string; readonly about: string }[]
}

const NOTHING: Glimpse = { queues: [], tasklets: [] }

const QUEUES = 'SELECT name FROM queues JOIN names ON names.id = queues.queue ORDER BY name'
const NEWEST = `SELECT tasklets.id, plan, name, status
  FROM tasklets JOIN tasks ON tasks.id = tasklets.task ORDER BY sequence DESC LIMIT ?`

/**
 * What a database has to offer for the completion of a command line: in a few milliseconds, changing
 * nothing. Nothing at all when there is none, or one of another schema.
 */
export function glimpse(file: string, limit: number): Glimpse {
  if (!existsSync(file)) return NOTHING
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    if (db.prepare('PRAGMA user_version').get()?.['user_version'] !== SCHEMA_VERSION) return NOTHING
    const queues = db.prepare(QUEUES).all()
    const tasklets = db.prepare(NEWEST).all(limit)
    return {
      queues: queues.map(({ name }) => String(name)),
      tasklets: tasklets.map(({ id, plan, name, status }) => ({
        id: String(id),
        about: `${plan}/${name}, ${STATUS_NAMES[Number(status)]}`,
      })),
    }
  } finally {
    db.close()
  }
}
