import { expect, test } from 'vitest'
import { run } from '../../../../src/cli/main.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { collectedIo, freshKiln, KILN_PLANS } from '../collected-io.ts'

/** What a submission with this environment leaves for those who have brokers. */
async function notedWith(env: Readonly<Record<string, string>>) {
  const { db } = freshKiln()
  const io = { ...collectedIo(), env }
  expect(await run(['submit', 'kiln/greet', '--plans', KILN_PLANS, '--db', db], io)).toBe(0)
  const store = sqliteStore(db)
  await store.open()
  const request = { owner: 'test', limit: 9, now: Date.now(), until: Date.now() + 1000 }
  const entries = [
    ...(await store.takeOutbox({ ...request, kind: 'ready' })),
    ...(await store.takeOutbox({ ...request, kind: 'status' })),
  ]
  await store.close()
  return entries.map(({ kind, task, to }) => ({ kind, task, to }))
}

test('Where a dispatch is named, workers are told at once of what is submitted here.', async () => {
  const entries = await notedWith({ SETPOINT_DISPATCH: 'redis://localhost' })
  expect(entries).toEqual([{ kind: 'ready', task: 'greet', to: 'pending' }])
})

test('Where topics are named, subscribers are told of it.', async () => {
  const entries = await notedWith({ SETPOINT_TOPICS: 'amqp://localhost' })
  expect(entries).toEqual([{ kind: 'status', task: 'greet', to: 'pending' }])
})

test('Where no broker is named, nothing is kept for one.', async () => {
  expect(await notedWith({})).toEqual([])
})
