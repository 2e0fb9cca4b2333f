import { existsSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, expect, test } from 'vitest'
import { checkDatabase, checkSoundness } from '../../../../src/cli/doctor/database.ts'
import { checkOwners } from '../../../../src/cli/doctor/owners.ts'
import { formatBytes } from '../../../../src/cli/doctor/sizes.ts'
import { checkRemote, checkSpace, checkStorage } from '../../../../src/cli/doctor/storage.ts'
import { freshKiln, KILN_PLANS, runCollected } from '../collected-io.ts'

let db = ''
let folder = ''

beforeEach(() => {
  ;({ db, folder } = freshKiln())
})

async function found(name: string) {
  return (await checkDatabase(db)).filter((finding) => finding.name === name)
}

function change(sql: string): void {
  const database = new DatabaseSync(db)
  database.exec(sql)
  database.close()
}

test('Where there is no database yet all is well, and none is made.', async () => {
  db = join(folder, 'deep', 'below', 'setpoint.db')
  expect((await checkDatabase(db)).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok'])
  expect(existsSync(join(folder, 'deep'))).toBe(false)
})

test('A database in use is sound, and what waits in it is told.', async () => {
  await runCollected(['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db])
  const findings = await checkDatabase(db)
  expect(findings.map(({ status }) => status)).toEqual(Array(findings.length).fill('ok'))
  expect(await found('queues')).toMatchObject([{ message: 'healthy, 1 wait' }])
})

test('Work that has waited long while nothing runs is a problem with a way out.', async () => {
  await runCollected(['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db])
  change('UPDATE tasklets SET created_at = created_at - 3.6e6, updated_at = updated_at - 3.6e6')
  expect(await found('queues')).toMatchObject([
    { status: 'problem', fix: expect.stringContaining('setpoint serve') },
  ])
})

test('A tasklet from the future means that a clock is wrong.', async () => {
  await runCollected(['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db])
  change('UPDATE tasklets SET created_at = created_at + 3.6e6')
  expect(await found('clock')).toMatchObject([{ status: 'problem' }])
})

test('An older schema is a warning and stays; a newer one is a problem.', async () => {
  await runCollected(['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db])
  change('PRAGMA user_version = 2')
  expect(await found('database')).toMatchObject([{ status: 'warning' }])
  expect(await found('database')).toMatchObject([{ message: expect.stringContaining('schema 2') }])
  change('PRAGMA user_version = 99')
  expect(await found('database')).toMatchObject([
    { status: 'problem', fix: expect.stringContaining('upgrade Setpoint') },
  ])
})

test('A file that is no database is a problem, and so is one that is damaged.', async () => {
  writeFileSync(db, 'a shopping list')
  expect(await found('database')).toMatchObject([
    { status: 'problem', message: expect.stringContaining('no SQLite database') },
  ])
  const damaged = { damage: 'row 3 missing', schema: 3, ownSchema: 3 }
  expect(checkSoundness('setpoint.db', damaged)).toMatchObject({
    status: 'problem',
    fix: expect.stringContaining('restore'),
  })
})

test('A folder, or a file beside the database, that cannot be written is a problem.', async () => {
  for (const refused of [folder, `${db}-wal`]) {
    const probe = async (path: string) => {
      if (path === refused) throw Object.assign(new Error('read-only'), { code: 'EROFS' })
    }
    const [finding] = await checkStorage(db, probe)
    expect(finding).toMatchObject({
      name: 'folder',
      status: 'problem',
      message: `${refused} cannot be written`,
    })
  }
})

test('A folder of another machine is a problem, one of this machine is none.', () => {
  const NFS = 0x6969
  const EXT4 = 0xef53
  expect(checkRemote('/mnt', NFS)).toMatchObject([{ status: 'problem' }])
  expect(checkRemote('/srv', EXT4)).toEqual([])
})

test('A disk that is nearly full is told of before it is full.', () => {
  const statuses = [50e9, 500e6, 5e6].map((free) => checkSpace('/data', free).status)
  expect(statuses).toEqual(['ok', 'warning', 'problem'])
})

test('Sizes are said in the unit that suits them.', () => {
  const sizes = [1, 1536 * 1024, 88 * 1024 ** 2, 3.25 * 1024 ** 3].map(formatBytes)
  expect(sizes).toEqual(['1 KiB', '1.5 MiB', '88 MiB', '3.3 GiB'])
})

test('Who holds work is told: alive, ended, or on a machine that cannot be seen from here.', () => {
  const owners = [`${hostname()}/${process.pid}/ab`, `${hostname()}/999999999/cd`, 'elsewhere/7/ef']
  expect(checkOwners(owners, false).map(({ status }) => status)).toEqual([
    'ok',
    'warning',
    'warning',
  ])
  expect(checkOwners([], false)).toMatchObject([{ status: 'ok', message: 'nobody holds any' }])
})
