import { describe, expect, it } from 'vitest'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'

async function startOnFile() {
  const store = sqliteStore(newDatabaseFile())
  const started = await startRuntime(planOf({ task: () => 'done' }), {}, store)
  await started.runtime.transaction(({ db }) => db.exec('CREATE TABLE orders (id TEXT)'))
  return started
}

describe('a transaction of the runtime', () => {
  it("enqueues the work with the caller's data, and runs it after the commit", async () => {
    const { runtime } = await startOnFile()
    const handle = await runtime.transaction(({ db, submit }) => {
      db.prepare('INSERT INTO orders VALUES (?)').run('A1')
      return submit('plan/task')
    })
    expect(await handle.result()).toBe('done')
  })

  it('enqueues nothing when the work throws', async () => {
    const { runtime, events } = await startOnFile()
    const failing = runtime.transaction(({ submit, submitBatch }) => {
      submit('plan/task')
      submitBatch([{ key: 'a', task: 'plan/task' }])
      throw new Error('no order')
    })
    await expect(failing).rejects.toThrow('no order')
    expect((await runtime.list()).items).toEqual([])
    expect(events.map(({ name }) => name)).not.toContain('tasklet.submitted')
  })

  it('is refused by a store that has none, and says which store has', async () => {
    const { runtime } = await startRuntime(planOf({ task: () => 1 }))
    await expect(runtime.transaction(({ submit }) => submit('plan/task'))).rejects.toMatchObject({
      code: 'no_transactions',
      message: expect.stringContaining('sqliteStore'),
    })
    expect((await runtime.list()).items).toEqual([])
  })
})
