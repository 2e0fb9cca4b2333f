import { existsSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { StoredTokens } from '../../../../src/gateway/security/stored-tokens.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { freshKiln, runCollected } from '../collected-io.ts'

let db = ''

beforeEach(() => {
  db = freshKiln().db
})

function token(...argv: string[]) {
  return runCollected(['token', ...argv, '--db', db])
}

async function holderOf(given: string) {
  const store = sqliteStore(db)
  await store.open()
  const holder = await new StoredTokens(store).holder(given)
  await store.close()
  return holder
}

test('a token is printed once, alone on stdout, and opens what its scope allows', async () => {
  const { code, stdout, stderr } = await token('add', 'robot-1', '--scope', 'submit')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^sp_[0-9a-f]{12}_[\w-]{43}\n$/)
  expect(stderr).toContain('not shown again')
  expect(await holderOf(stdout.trim())).toMatchObject({ scope: 'submit' })
})

test('tokens are listed without what proves them', async () => {
  const made = JSON.parse((await token('add', 'grafana', '--expires', '90d', '--json')).stdout)
  const { stdout } = await token('ls')
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))
  expect(rows).toEqual([
    ['token', 'name', 'scope', 'made', 'ends'],
    [made.id, 'grafana', 'read', expect.stringMatching(/ ago$/), expect.stringMatching(/^in /)],
  ])
  const { items } = JSON.parse((await token('ls', '--json')).stdout)
  expect(items).toEqual([
    {
      id: made.id,
      name: 'grafana',
      scope: 'read',
      createdAt: made.createdAt,
      expiresAt: made.expiresAt,
    },
  ])
})

test('a revoked token opens nothing, and revoking what is not there is answered with no', async () => {
  const { stdout } = await token('add', 'robot-1')
  expect(await token('revoke', 'robot-1')).toMatchObject({ code: 0 })
  expect(await holderOf(stdout.trim())).toBeUndefined()
  const again = await token('revoke', 'robot-1')
  expect(again).toMatchObject({ code: 1, stdout: '' })
  expect(again.stderr).toContain('setpoint token ls')
})

test('two tokens of one name are not mixed up', async () => {
  await token('add', 'robot-1')
  await token('add', 'robot-1')
  const { code, stderr } = await token('revoke', 'robot-1')
  expect(code).toBe(2)
  expect(stderr).toContain('give the id')
})

test.each([
  ['--scope', 'root'],
  ['--expires', 'soon'],
])('%s %s is refused and makes no database', async (...wrong) => {
  expect(await token('add', 'robot-1', ...wrong)).toMatchObject({ code: 2, stdout: '' })
  expect(existsSync(db)).toBe(false)
})

test('there is nothing to list or revoke where there is no database', async () => {
  expect(await token('ls')).toMatchObject({ code: 3 })
  expect(await token('revoke', 'robot-1')).toMatchObject({ code: 3 })
  expect(existsSync(db)).toBe(false)
})
