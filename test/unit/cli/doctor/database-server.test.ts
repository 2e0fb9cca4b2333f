import { expect, test } from 'vitest'
import { checkDatabaseServer, describe } from '../../../../src/cli/doctor/database-server.ts'
import { checkOwners } from '../../../../src/cli/doctor/owners.ts'
import { systemClock } from '../../../../src/runtime/clock.ts'
import type { ServerInspection } from '../../../../src/stores/sql/inspection.ts'

const SOUND: ServerInspection = {
  server: 'PostgreSQL 15.4',
  place: 'postgres://db/app',
  schema: 2,
  ownSchema: 2,
  now: 0,
  isReadOnly: false,
  faults: [],
}

function statusesOf(changes: Partial<ServerInspection>) {
  return describe({ ...SOUND, ...changes }).map(({ name, status }) => `${name} ${status}`)
}

test('A server that is well is described in two lines.', () => {
  expect(describe(SOUND)).toEqual([
    { name: 'database', status: 'ok', message: 'PostgreSQL 15.4, postgres://db/app, schema 2' },
    { name: 'durability', status: 'ok', message: expect.stringContaining('on the disk') },
  ])
})

test('An empty database is well, an older schema is a warning that names the command.', () => {
  expect(statusesOf({ schema: 0 })).toEqual(['database ok', 'durability ok'])
  expect(statusesOf({ schema: 1 })).toEqual(['database warning', 'durability ok'])
  expect(describe({ ...SOUND, schema: 1 })[0]?.message).toContain('`setpoint migrate`')
})

test('A replica is a problem, and a setting that may lose work a warning with its remedy.', () => {
  expect(statusesOf({ isReadOnly: true })).toContain('database problem')
  const fault = { setting: 'fsync = off', danger: 'all may be lost', remedy: 'set fsync = on' }
  expect(describe({ ...SOUND, faults: [fault] })).toContainEqual({
    name: 'durability',
    status: 'warning',
    message: 'fsync = off: all may be lost',
    fix: 'set fsync = on',
  })
})

test('A server that does not answer is a problem, and its password is not told.', async () => {
  const findings = await checkDatabaseServer('mysql://app:s3cret@127.0.0.1:1/app', systemClock)
  expect(findings).toMatchObject([{ name: 'database', status: 'problem' }])
  expect(JSON.stringify(findings)).not.toContain('s3cret')
})

test('That another machine holds work of a server is as it should be.', () => {
  expect(checkOwners(['elsewhere/7/ef'], true)).toEqual([
    { name: 'work', status: 'ok', message: 'elsewhere, process 7, holds work' },
  ])
})
