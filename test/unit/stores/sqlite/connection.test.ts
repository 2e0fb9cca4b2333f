import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../../src/stores/sqlite/connection.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newTasklets } from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
}

test.for([
  ['full', 2],
  ['relaxed', 1],
] as const)('durability %s sets synchronous to %d, in WAL mode', ([durability, expected]) => {
  const db = openDatabase(newDatabaseFile(), { durability })
  onTestFinished(() => db.close())
  expect(pragma(db, 'synchronous')).toBe(expected)
  expect(pragma(db, 'journal_mode')).toBe('wal')
  expect(pragma(db, 'foreign_keys')).toBe(1)
})

test('the folders above the file are made', async () => {
  const store = sqliteStore(join(dirname(newDatabaseFile()), 'deep', 'deeper', 'setpoint.db'))
  await store.open()
  expect(await store.list({ limit: 1 })).toEqual({ items: [] })
  await store.close()
})

test('a file of a newer Setpoint is refused, and left as it is', async () => {
  const file = newDatabaseFile()
  const newer = new DatabaseSync(file)
  newer.exec('PRAGMA user_version = 999')
  newer.close()
  await expect(sqliteStore(file).open()).rejects.toMatchObject({
    code: 'store_open',
    message: expect.stringMatching(/newer Setpoint .*upgrade/),
  })
  const after = new DatabaseSync(file)
  onTestFinished(() => after.close())
  expect(pragma(after, 'user_version')).toBe(999)
  expect(after.prepare('SELECT * FROM sqlite_schema').all()).toEqual([])
})

test('a file that is no database is refused', async () => {
  const file = newDatabaseFile()
  writeFileSync(file, 'plain text, '.repeat(1000))
  await expect(sqliteStore(file).open()).rejects.toMatchObject({
    code: 'store_open',
    message: expect.stringContaining('no SQLite database'),
  })
})

test('a damaged file is refused', async () => {
  const file = newDatabaseFile()
  const store = sqliteStore(file)
  await store.open()
  await store.insert(newTasklets(500, { input: 'x'.repeat(500) }))
  await store.close()
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(64 * 1024, 0xa5), 0, 64 * 1024, 8 * 4096)
  closeSync(handle)
  await expect(sqliteStore(file).open()).rejects.toMatchObject({
    code: 'store_open',
    message: expect.stringContaining('damaged'),
  })
})

test('a path that cannot be a file is refused', async () => {
  const file = newDatabaseFile()
  mkdirSync(file)
  await expect(sqliteStore(file).open()).rejects.toMatchObject({ code: 'store_open' })
  writeFileSync(join(file, 'plain'), '')
  const below = sqliteStore(join(file, 'plain', 'setpoint.db'))
  await expect(below.open()).rejects.toMatchObject({ code: 'store_open' })
})
