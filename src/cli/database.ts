import { existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Store } from '../ports/store.ts'
import { sqliteStore } from '../stores/sqlite/store.ts'
import { UnreachableError } from './failure.ts'

/**
 * Opens a database that exists, uses it and closes it, without any plan.
 * @throws {UnreachableError} when there is no such file, and {StoreError} when it cannot be opened.
 */
export async function withDatabase<T>(file: string, use: (store: Store) => Promise<T>): Promise<T> {
  await access(file).catch((cause: unknown) => {
    const message = `there is no database at ${file}: run or submit a task first, or name another file with --db`
    throw new UnreachableError(message, { cause })
  })
  return withNewDatabase(file, use)
}

/** As `withDatabase`, but makes the database when there is none. */
export async function withNewDatabase<T>(
  file: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = sqliteStore(file)
  await store.open()
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** As `withDatabase`, but goes without a store when there is no such file, and makes none. */
export async function withDatabaseIfAny<T>(
  file: string,
  use: (store: Store | undefined) => Promise<T>,
): Promise<T> {
  return existsSync(file) ? withNewDatabase(file, use) : use(undefined)
}

const PAGE = 500
const MOST_PAGES = 20
const SHORTEST_PREFIX = 4
const TIME_DIGITS = 12
/** Ids are made a little ahead of the clock when many are made within one millisecond. */
const CLOCK_MARGIN = 1000

/**
 * The tasklet with the id, or the only one whose id starts that way.
 * @throws {InputError} when there is none or more than one.
 */
export async function findTasklet(store: Store, id: string): Promise<Tasklet> {
  const exact = await store.get(id)
  if (exact !== undefined) return exact
  const found =
    /^[0-9a-f-]+$/.test(id) && id.length >= SHORTEST_PREFIX ? await startingWith(store, id) : []
  const [only] = found
  if (only === undefined) throw new InputError(`there is no tasklet ${id}: see setpoint tasks ls`)
  if (found.length === 1) return only
  const shown = found.slice(0, 5).map((each) => each.id)
  throw new InputError(
    `${id} is the start of several ids: ${shown.join(', ')}${found.length > 5 ? ', …' : ''}`,
  )
}

async function startingWith(store: Store, prefix: string): Promise<readonly Tasklet[]> {
  const found: Tasklet[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items, ...rest } = await store.list({ since: earliest(prefix), limit: PAGE, cursor })
    found.push(...items.filter((tasklet) => tasklet.id.startsWith(prefix)))
    cursor = rest.cursor
    if (cursor === undefined) return found
  }
  throw new InputError(`too many tasklets are newer than ${prefix}: give the full id`)
}

/** An id begins with its time, so no older record can start with the prefix. */
function earliest(prefix: string): number {
  const digits = prefix.replaceAll('-', '').slice(0, TIME_DIGITS).padEnd(TIME_DIGITS, '0')
  return Math.max(0, Number.parseInt(digits, 16) - CLOCK_MARGIN)
}
