import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { glimpse } from '../../../../src/stores/sqlite/glimpse.ts'
import { inspectDatabase } from '../../../../src/stores/sqlite/inspection.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'

function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-inspection-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'setpoint.db')
}

async function madeFile(): Promise<string> {
  const file = freshFile()
  const store = sqliteStore(file)
  await store.open()
  await store.close()
  return file
}

function change(file: string, sql: string): void {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

test('A sound database in the newest schema is found to be one, also while it is open.', async () => {
  const file = await madeFile()
  const found = inspectDatabase(file)
  expect(found.damage).toBeUndefined()
  expect(found.schema).toBe(found.ownSchema)
  expect(found.size).toBeGreaterThan(0)
  const store = sqliteStore(file)
  await store.open()
  await store.setPaused('main', true)
  expect(inspectDatabase(file).walSize).toBeGreaterThan(0)
  await store.close()
})

test('A database of an older or newer schema is told of and left as it is.', async () => {
  const file = await madeFile()
  for (const version of [1, 99]) {
    change(file, `PRAGMA user_version = ${version}`)
    expect(inspectDatabase(file).schema).toBe(version)
    expect(glimpse(file, 5)).toEqual({ queues: [], tasklets: [] })
  }
})

test('What is no database says what to do.', () => {
  const file = freshFile()
  writeFileSync(file, 'a shopping list, and a long one at that: it has to be longer than a header')
  expect(() => inspectDatabase(file)).toThrow('no SQLite database: name another file')
})

test('Looking makes no database.', () => {
  const file = freshFile()
  expect(glimpse(file, 5)).toEqual({ queues: [], tasklets: [] })
  expect(() => inspectDatabase(file)).toThrow(file)
  expect(existsSync(file)).toBe(false)
})
