import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { NEVER } from '../../../../src/core/duration.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { systemClock } from '../../../../src/runtime/clock.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { settlementOf, startNew } from '../../../../src/testing/store-contract/records.ts'
import { freshKiln, runCollected } from '../collected-io.ts'

let db = ''
let folder = ''

beforeEach(() => {
  ;({ db, folder } = freshKiln())
})

function events(...argv: string[]) {
  return runCollected(['events', ...argv, '--db', db])
}

async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = sqliteStore(db)
  await store.open()
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

interface Asleep {
  readonly pattern?: string
  readonly where?: string
  readonly notBefore?: number
}

/** The id of a tasklet that sleeps until an event for ticket 7 comes. */
function fallAsleep({ pattern = 'approval.*', where, notBefore = NEVER }: Asleep = {}) {
  return withStore(async (store) => {
    const started = await startNew(store)
    await store.settle([settlementOf(started, { status: 'scheduled', notBefore })])
    const scope = { input: { ticket: 7 } }
    const value = { pattern, where, scope, openedAt: systemClock.now() - 61_000 }
    await store.writeFact({ kind: 'wait', key: `${started.id} gate`, value, version: 0 })
    return started.id
  })
}

test('an emitted event is left in the database, with those who wait for it', async () => {
  const id = await fallAsleep()
  await fallAsleep({ pattern: 'deploy.**' })
  const { code, stdout } = await events('emit', 'approval.given', '--data', '{"by": "ann"}')
  expect(code).toBe(0)
  expect(stdout).toBe(`event "approval.given" is told: 1 wait ends\n  ${id}  plan/task\n`)
  const [mail] = await withStore((store) => store.facts('event'))
  expect(mail?.value).toMatchObject({ name: 'approval.given', data: { by: 'ann' } })
})

test('only those count as waiting whose condition the event fulfils', async () => {
  const id = await fallAsleep({ where: 'event.data.ticket == input.ticket' })
  const matches = async (data: string) => {
    const { stdout } = await events('emit', 'approval.given', '--data', data, '--json')
    return JSON.parse(stdout).matches
  }
  expect(await matches('{"ticket": 8}')).toEqual([])
  expect(await matches('{}')).toEqual([])
  expect(await matches('{"ticket": 7}')).toMatchObject([{ taskletId: id, task: 'plan/task' }])
})

test('an event for which nobody waits is left all the same', async () => {
  await withStore(async () => {})
  const { code, stdout } = await events('emit', 'deploy.finished')
  expect(code).toBe(0)
  expect(stdout).toBe('event "deploy.finished" is told: nobody waits for it\n')
  expect(await withStore((store) => store.facts('event'))).toHaveLength(1)
})

test('the data of an event may stand in a file', async () => {
  await withStore(async () => {})
  const file = join(folder, 'data.json')
  writeFileSync(file, '{"version": 3}')
  const { stdout } = await events('emit', 'deploy.finished', '--data', `@${file}`, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ name: 'deploy.finished', data: { version: 3 } })
})

test('data that is not JSON is refused by the name of its option', async () => {
  const { code, stderr } = await events('emit', 'deploy.finished', '--data', '{version: 3}')
  expect(code).toBe(2)
  expect(stderr).toContain('--data is not JSON: line 1, column 2')
})

test.each([['tasklet.completed'], ['approval.*'], ['a b']])('"%s" is refused', async (name) => {
  await withStore(async () => {})
  const { code, stderr } = await events('emit', name)
  expect(code).toBe(2)
  expect(stderr).toContain(name)
  expect(await withStore((store) => store.facts('event'))).toEqual([])
})

test('an event needs a database', async () => {
  const { code, stderr } = await events('emit', 'deploy.finished')
  expect(code).toBe(3)
  expect(stderr).toContain('there is no database')
})

test('those who wait are listed with their condition and their time', async () => {
  const notBefore = Date.UTC(2040, 0, 1)
  const patient = await fallAsleep()
  const hasty = await fallAsleep({ where: 'event.data.ok', notBefore })
  const { stdout } = await events('waits')
  const rows = stdout.trimEnd().split('\n')
  expect(rows.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['tasklet', 'task', 'event', 'where', 'for', 'until'],
    [patient, 'plan/task', 'approval.*', '-', '1 m', '-'],
    [hasty, 'plan/task', 'approval.*', 'event.data.ok', '1 m', '2040-01-01T00:00:00.000Z'],
  ])
  const { items } = JSON.parse((await events('waits', '--json')).stdout)
  expect(items).toMatchObject([
    { taskletId: patient, key: 'gate', status: 'scheduled' },
    { taskletId: hasty, until: notBefore },
  ])
})

test('a tasklet that has ended waits no more', async () => {
  const id = await fallAsleep()
  await runCollected(['tasks', 'cancel', id, '--db', db])
  const { code, stderr } = await events('waits')
  expect(code).toBe(0)
  expect(stderr).toContain('nobody waits for an event')
})

test('a sleeping tasklet tells what it waits for', async () => {
  const id = await fallAsleep({ where: 'event.data.ok' })
  const { stdout } = await runCollected(['tasks', 'explain', id, '--db', db])
  expect(stdout).toContain('waiting: waits for event approval.* where event.data.ok\n')
  const shown = (await runCollected(['tasks', 'show', id, '--db', db])).stdout
  expect(shown).toMatch(/waits for +event approval\.\* where event\.data\.ok\n/)
  expect(shown).not.toContain('not before')
})
