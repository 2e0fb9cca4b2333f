import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { claimOf, NOW, newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { FIRST_SCHEMA, newDatabaseFile } from '../../../support/database-file.ts'

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

test('a file of the version before is brought up to date with all it holds', async () => {
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
