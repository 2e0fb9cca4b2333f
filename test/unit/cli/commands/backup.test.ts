import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

let db = ''
let folder = ''
let copy = ''

beforeEach(async () => {
  ;({ db, folder } = freshKiln())
  copy = join(folder, 'copy.db')
})

function submitted() {
  return runCollected(['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db])
}

function backup(...argv: string[]) {
  return runCollected(['backup', copy, '--db', db, ...argv])
}

test('A copy that is made while the database is in use has every acknowledged tasklet, and works on.', async () => {
  const store = sqliteStore(db)
  await store.open()
  const id = (await submitted()).stdout.trim()
  const { code, stdout } = await backup()
  await store.close()
  expect({ code, stdout }).toEqual({ code: 0, stdout: `✔ ${copy} is a sound copy\n` })
  const later = (await submitted()).stdout.trim()
  const ran = await runCollected(['run', 'kiln/greet', '--plans', KILN_PLANS, '--db', copy])
  expect(ran.code).toBe(0)
  const { items } = JSON.parse((await runCollected(['tasks', 'ls', '--json', '--db', copy])).stdout)
  const ids = items.map((item: { id: string }) => item.id)
  expect(ids).toContain(id)
  expect(ids).not.toContain(later)
})

test('A file that exists is not written over.', async () => {
  await submitted()
  writeFileSync(copy, 'precious')
  const { code, stderr } = await backup()
  expect(code).toBe(2)
  expect(stderr).toContain('exists: name another file')
})

test('Where there is no database, or no folder for the copy, nothing is made.', async () => {
  expect((await backup()).code).toBe(3)
  await submitted()
  copy = join(folder, 'nowhere', 'copy.db')
  const { code, stderr } = await backup('--json')
  expect(code).toBe(3)
  expect(stderr).toContain(copy)
  expect(existsSync(copy)).toBe(false)
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
})
