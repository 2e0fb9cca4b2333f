import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { Commits } from '../../../../src/stores/sqlite/commits.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

function setUp(lockTimeout = 5000) {
  const file = newDatabaseFile()
  const db = new DatabaseSync(file, { timeout: 1 })
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT UNIQUE)')
  onTestFinished(() => db.close())
  const rollbacks: string[] = []
  const session = {
    begin: () => {},
    mark: () => 0,
    undo: () => void rollbacks.push('undo'),
    flush: () => {},
    committed: () => {},
    forget: () => void rollbacks.push('forget'),
  }
  const commits = new Commits(db, { file, lockTimeout, session })
  const note = (text: string) =>
    commits.run(() => db.prepare('INSERT INTO notes VALUES (?)').run(text))
  const stored = () =>
    db
      .prepare('SELECT text FROM notes ORDER BY text')
      .all()
      .map(({ text }) => text)
  return { file, db, commits, note, stored, rollbacks }
}

/** Another connection that holds the write lock. */
function lock(file: string): () => void {
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  return () => other.close()
}

test('what is asked for in one turn is one transaction, seen by others all at once', async () => {
  const { file, note, commits } = setUp()
  const other = new DatabaseSync(file)
  onTestFinished(() => other.close())
  const seen = () => other.prepare('SELECT count(*) AS count FROM notes').get()?.['count']
  const first = note('a')
  const between = commits.run(seen)
  await Promise.all([first, note('b')])
  expect(await between).toBe(0)
  expect(seen()).toBe(2)
})

test('a request that fails is undone alone', async () => {
  const { note, stored, rollbacks, commits, db } = setUp()
  const outcomes = await Promise.allSettled([
    note('a'),
    commits.run(() => {
      db.exec("INSERT INTO notes VALUES ('half')")
      throw new Error('on purpose')
    }),
    note('a'),
    note('b'),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ])
  expect(stored()).toEqual(['a', 'b'])
  expect(rollbacks).toEqual(['undo', 'undo'])
})

test('a full disk refuses what does not fit, says so, and goes on when there is room', async () => {
  const { db, note, stored } = setUp()
  const { page_count: pages } = db.prepare('PRAGMA page_count').get() ?? {}
  db.exec(`PRAGMA max_page_count = ${Number(pages) + 2}`)
  const long = note('x'.repeat(100_000))
  await expect(long).rejects.toMatchObject({
    code: 'store_full',
    message: expect.stringContaining('free some space'),
  })
  db.exec('PRAGMA max_page_count = 1000')
  await note('short')
  expect(stored()).toEqual(['short'])
})

test('a lock that is not given up refuses what waits, and the next request works', async () => {
  const { file, note, stored } = setUp(30)
  const release = lock(file)
  const refused = await Promise.allSettled([note('a'), note('b')])
  expect(refused).toMatchObject([
    { status: 'rejected', reason: { code: 'store_locked' } },
    { status: 'rejected', reason: { code: 'store_locked' } },
  ])
  release()
  await note('c')
  expect(stored()).toEqual(['c'])
})

test('a lock that is given up in time delays what waits', async () => {
  const { file, note, stored } = setUp()
  const release = lock(file)
  const waiting = note('a')
  // Runs after the first attempt, which was put off to the same turn before it.
  setImmediate(release)
  await Promise.all([waiting, note('b')])
  expect(stored()).toEqual(['a', 'b'])
})

test('closing while the database is locked refuses what waits', async () => {
  const { file, note, commits, stored } = setUp()
  onTestFinished(lock(file))
  const waiting = note('a')
  commits.close()
  await expect(waiting).rejects.toMatchObject({ code: 'store_closed' })
  expect(stored()).toEqual([])
})
