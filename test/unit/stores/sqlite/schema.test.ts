import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import {
  claimOf,
  claimOne,
  leaseOf,
  NOW,
  newTasklet,
  settlementOf,
  tokenOf,
} from '../../../../src/testing/store-contract/records.ts'
import {
  FIRST_SCHEMA,
  newDatabaseFile,
  SECOND_SCHEMA,
  THIRD_SCHEMA,
} from '../../../support/database-file.ts'

/** A file as the first version left it: one record pending, one failed with everything set. */
function oldFile(): string {
  const file = newDatabaseFile()
  const db = new DatabaseSync(file)
  db.exec(FIRST_SCHEMA)
  db.exec(`
    INSERT INTO names (name) VALUES ('main'), ('version');
    INSERT INTO tasks (plan, name) VALUES ('plan', 'task');
    INSERT INTO payloads (value) VALUES ('"long"');
    INSERT INTO tasklets (id, task, queue, version, priority, status, attempts, max_attempts,
      deliveries, created_at, updated_at, source, input)
      VALUES ('waits', 1, 1, 2, 500, 2, 0, 3, 0, ${NOW}, ${NOW}, 0, 1);
    INSERT INTO tasklets (id, task, queue, version, priority, status, attempts, max_attempts,
      deliveries, created_at, updated_at, settled_at, timeout, source, idempotency_key, parent_id,
      tags, input, error)
      VALUES ('failed', 1, 1, 2, 100, 6, 3, 3, 3, ${NOW}, ${NOW}, ${NOW}, 50, 2, 'key', 'parent',
      '["red","blue"]', '{"n":null}', '{"kind":"error","message":"it broke"}');
    PRAGMA user_version = 1`)
  db.close()
  return file
}

test('a file of the first version is brought up to date with all it holds', async () => {
  const store = sqliteStore(oldFile())
  await store.open()
  onTestFinished(() => store.close())
  expect(await store.get('failed')).toMatchObject({
    status: 'failed',
    priority: 100,
    sequence: 2,
    timeout: 50,
    source: 'schedule',
    idempotencyKey: 'key',
    parentId: 'parent',
    tags: ['red', 'blue'],
    requires: [],
    dependencies: [],
    failures: [],
    onDependencyFailure: 'fail',
    group: undefined,
    input: { n: null },
    error: { kind: 'error', message: 'it broke' },
  })
  expect(await store.counts('main')).toMatchObject({ pending: 1, failed: 1, running: 0 })
  expect((await store.list({ limit: 9, text: 'broke' })).items).toMatchObject([{ id: 'failed' }])
  expect(await store.claim(claimOf())).toMatchObject([{ id: 'waits', input: 'long' }])
  const [taken] = await store.insert([newTasklet({ idempotencyKey: 'key' })])
  expect(taken).toMatchObject({ created: false, tasklet: { id: 'failed' } })
  const [added] = await store.insert([newTasklet()])
  expect(added?.tasklet.sequence).toBe(3)
})

/** A file as the second version left it: one record running, one pending with a tag. */
function secondFile(): string {
  const file = newDatabaseFile()
  const db = new DatabaseSync(file)
  db.exec(SECOND_SCHEMA)
  db.exec(`
    INSERT INTO names (name) VALUES ('main'), ('version'), ('owner');
    INSERT INTO tasks (plan, name) VALUES ('plan', 'task');
    INSERT INTO queues (queue, pending, running) VALUES (1, 1, 1);
    INSERT INTO tasklets (id, task, queue, version, status, grp, priority, rank, max_attempts,
      deliveries, owner, lease_until, created_at, updated_at, started_at, source, input)
      VALUES ('runs', 1, 1, 2, 3, 0, 500, 1, 3, 1, 3, ${NOW + 50}, ${NOW}, ${NOW}, ${NOW}, 0, '1');
    INSERT INTO tasklets (id, task, queue, version, status, grp, priority, rank, max_attempts,
      created_at, updated_at, source, rare)
      VALUES ('waits', 1, 1, 2, 2, 0, 500, 2, 3, ${NOW}, ${NOW}, 0, '{"tags":["red"]}');
    PRAGMA user_version = 2`)
  db.close()
  return file
}

test('a file of the second version keeps its records, and takes deadlines, steps and facts', async () => {
  const file = secondFile()
  const store = sqliteStore(file)
  await store.open()
  onTestFinished(() => store.close())
  const none = { timeouts: undefined, deadline: undefined, event: undefined, interruptions: 0 }
  const running = await store.get('runs')
  expect(running).toMatchObject({ ...none, status: 'running', input: 1 })
  expect(await store.get('waits')).toMatchObject({ ...none, status: 'pending', tags: ['red'] })
  if (running === undefined) throw new Error('it was stored')
  const lease = { id: 'runs', token: tokenOf(running) }
  const deadline = { phase: 'executing', at: NOW + 9 } as const
  await store.renew([{ ...lease, deadline }], NOW + 99)
  expect(await store.get('runs')).toMatchObject({ deadline })
  expect(await store.recordStep(lease, { name: 'send', output: 1, at: NOW })).toBe(true)
  expect(
    await store.writeFact({ kind: 'belief', key: 'kiln', value: 1, version: 0 }),
  ).toMatchObject({ written: true })
  await store.settle([settlementOf(running, { status: 'pending', interrupted: true })])
  expect(await claimOne(store)).toMatchObject({ id: 'runs', interruptions: 1, deadline: undefined })
  expect(await store.counts()).toMatchObject({ running: 1, pending: 1 })
  const db = new DatabaseSync(file)
  onTestFinished(() => db.close())
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 4 })
})

/** A file as the third version left it: one record running with a step, one pending, one fact. */
function thirdFile(): string {
  const file = newDatabaseFile()
  const db = new DatabaseSync(file)
  db.exec(THIRD_SCHEMA)
  db.exec(`
    INSERT INTO names (name) VALUES ('main'), ('version'), ('owner');
    INSERT INTO tasks (plan, name) VALUES ('plan', 'task');
    INSERT INTO queues (queue, pending, running) VALUES (1, 1, 1);
    INSERT INTO tasklets (id, task, queue, version, status, grp, priority, rank, max_attempts,
      deliveries, owner, lease_until, created_at, updated_at, started_at, source, input)
      VALUES ('runs', 1, 1, 2, 3, 0, 500, 1, 3, 1, 3, ${NOW + 50}, ${NOW}, ${NOW}, ${NOW}, 0, '1');
    INSERT INTO tasklets (id, task, queue, version, status, grp, priority, rank, max_attempts,
      created_at, updated_at, source)
      VALUES ('waits', 1, 1, 2, 2, 0, 500, 2, 3, ${NOW}, ${NOW}, 0);
    INSERT INTO steps (tasklet, name, at, output) VALUES (1, 'send', ${NOW}, '7');
    INSERT INTO facts VALUES ('belief', 'kiln', 3, '"hot"');
    PRAGMA user_version = 3`)
  db.close()
  return file
}

test('a file of the third version keeps what it holds, and takes holds and an outbox', async () => {
  const file = thirdFile()
  const store = sqliteStore(file)
  await store.open()
  onTestFinished(() => store.close())
  expect(await store.steps('runs')).toEqual([{ name: 'send', output: 7, at: NOW }])
  expect(await store.fact('belief', 'kiln')).toMatchObject({ value: 'hot', version: 3 })
  const running = await store.get('runs')
  if (running === undefined) throw new Error('it was stored')
  const units = [{ pool: 'gpu', units: 1, capacity: 1 }]
  expect(await store.hold({ lease: leaseOf(running), units })).toMatchObject({ held: true })
  await store.noteOutbox(['status'])
  expect(await claimOne(store)).toMatchObject({ id: 'waits' })
  const request = { kind: 'status', owner: 'relay', limit: 9, now: NOW, until: NOW } as const
  expect(await store.takeOutbox(request)).toMatchObject([{ id: 'waits', to: 'running' }])
  await store.settle([settlementOf(running)])
  expect(await store.holds()).toEqual([])
  const db = new DatabaseSync(file)
  onTestFinished(() => db.close())
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 4 })
})
