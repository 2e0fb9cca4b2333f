import { existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, test } from 'vitest'
import { SCHEMA_VERSION as NEWEST } from '../../../../src/stores/sqlite/schema.ts'
import { freshKiln, runCollected } from '../collected-io.ts'

let db = ''

beforeEach(() => {
  db = freshKiln().db
})

async function migrate(...flags: string[]) {
  return runCollected(['migrate', '--db', db, ...flags])
}

/** As the Setpoint before work on several machines has left it. */
async function makeOlder(): Promise<void> {
  await migrate()
  const database = new DatabaseSync(db)
  database.exec('DROP TABLE holds; DROP TABLE outbox; PRAGMA user_version = 3')
  database.close()
}

test('A database that is not there is made, but not by --check.', async () => {
  const asked = await migrate('--check')
  expect(asked).toMatchObject({ code: 1, stdout: expect.stringContaining('has no schema yet') })
  expect(existsSync(db)).toBe(false)
  expect(await migrate()).toMatchObject({
    code: 0,
    stdout: `✔ ${db} is made with schema ${NEWEST}\n`,
  })
  expect(existsSync(db)).toBe(true)
})

test('An older database is brought to the newest schema, once.', async () => {
  await makeOlder()
  const said = { code: 0, stdout: `✔ ${db} is brought from schema 3 to ${NEWEST}\n` }
  expect(await migrate()).toMatchObject(said)
  const again = { code: 0, stdout: `✔ ${db} has the newest schema, ${NEWEST}\n` }
  expect(await migrate()).toMatchObject(again)
})

test('--check says that it is needed and changes nothing.', async () => {
  await makeOlder()
  for (const _ of [1, 2]) {
    const { code, stdout } = await migrate('--check', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ database: db, from: 3, to: 3, newest: NEWEST })
  }
})

test('A database of a newer Setpoint is refused, and so is a file that is none.', async () => {
  await migrate()
  const database = new DatabaseSync(db)
  database.exec('PRAGMA user_version = 99')
  database.close()
  for (const flags of [[], ['--check']]) {
    const refused = { code: 3, stderr: expect.stringContaining('written by a newer Setpoint') }
    expect(await migrate(...flags)).toMatchObject(refused)
  }
  writeFileSync(db, 'a shopping list')
  expect(await migrate()).toMatchObject({ code: 3 })
})

test.each(['postgres', 'mysql'])(
  'A %s that does not answer is exit code 3 in one line.',
  async (scheme) => {
    db = `${scheme}://app:s3cret@127.0.0.1:1/app`
    const { code, stderr } = await migrate()
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^error: cannot open \w+:\/\/127\.0\.0\.1:1\/app: [^\n]*ECONNREFUSED[^\n]*\n$/,
    )
    expect(stderr).not.toContain('s3cret')
  },
)
