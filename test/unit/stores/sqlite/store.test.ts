import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Store } from '../../../../src/ports/store.ts'
import type { SqliteOptions } from '../../../../src/stores/sqlite/options.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import {
  claimOf,
  claimOne,
  idsOf,
  LEASE,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  startNew,
} from '../../../../src/testing/store-contract/records.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'

const PROGRAM = new URL('../../../support/store-process.ts', import.meta.url).pathname

async function openStore(file: string, options?: SqliteOptions): Promise<Store> {
  const store = sqliteStore(file, options)
  await store.open()
  onTestFinished(() => store.close())
  return store
}

function startProcess(job: 'insert' | 'claim', file: string) {
  const child = spawn(process.execPath, [PROGRAM, job, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function linesOf(child: ChildProcessByStdio<null, Readable, null>): Promise<string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) lines.push(line)
  return lines
}

test('everything is there after the store was closed and opened again', async () => {
  const file = newDatabaseFile()
  const store = sqliteStore(file)
  await store.open()
  const running = await startNew(store, { input: { long: 'x'.repeat(5000) } })
  await store.insert([newTasklet({ idempotencyKey: 'key' }), newTasklet({ task: 'other' })])
  const before = await store.list({ limit: 9 })
  await store.close()

  const again = await openStore(file)
  expect(await again.list({ limit: 9 })).toEqual(before)
  const [taken] = await again.insert([newTasklet({ idempotencyKey: 'key' })])
  expect(taken?.created).toBe(false)
  expect(await again.settle([settlementOf(running)])).toMatchObject([{ accepted: true }])
  expect(await again.claim(claimOf())).toHaveLength(2)
})

test('two stores on one file share the work and fence each other', async () => {
  const file = newDatabaseFile()
  const [one, two] = [await openStore(file), await openStore(file)]
  await one.insert(newTasklets(10, { task: 'new-to-both', queue: 'main' }))
  const shares = await Promise.all([
    one.claim(claimOf({ owner: 'one', limit: 6 })),
    two.claim(claimOf({ owner: 'two', limit: 6 })),
  ])
  expect(new Set(idsOf(shares.flat())).size).toBe(10)
  const [stale] = shares[0]
  if (stale === undefined) throw new Error('the first store claimed nothing')
  await two.rescue({ now: NOW, deadOwners: ['one'], maxDeliveries: 3 })
  await claimOne(two, { owner: 'two' })
  expect(await one.settle([settlementOf(stale)])).toEqual([{ accepted: false, holder: 'two' }])
})

test('a listener hears of commits by others, not of its own', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const file = newDatabaseFile()
  const [one, two] = [await openStore(file), await openStore(file)]
  const listener = vi.fn()
  const stop = one.onForeignChange(listener)
  await one.insert([newTasklet()])
  vi.advanceTimersByTime(200)
  expect(listener).not.toHaveBeenCalled()
  await two.insert([newTasklet()])
  vi.advanceTimersByTime(200)
  expect(listener).toHaveBeenCalledTimes(1)
  stop()
  await two.insert([newTasklet()])
  vi.advanceTimersByTime(200)
  expect(listener).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('processes that compete for the work each get their own part of it', async () => {
  const file = newDatabaseFile()
  const store = await openStore(file)
  const given = newTasklets(400)
  await store.insert(given)
  const shares = await Promise.all([1, 2].map(() => linesOf(startProcess('claim', file))))
  expect(shares.flat().toSorted()).toEqual(idsOf(given).toSorted())
  expect(await store.counts()).toMatchObject({ pending: 0, running: 0, completed: 400 })
})

test('what was acknowledged is there after kill -9, and work goes on', async () => {
  const file = newDatabaseFile()
  const child = startProcess('insert', file)
  const acknowledged: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line)
    if (acknowledged.length === 200) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')

  const store = await openStore(file)
  const { items } = await store.list({ limit: 100_000 })
  expect(idsOf(items)).toEqual(expect.arrayContaining(acknowledged))
  // Whole batches only: the one under way at the kill is there or not, never in part.
  expect(items.length % 5).toBe(0)
  expect(await store.claim(claimOf({ limit: 1 }))).toMatchObject([{ id: acknowledged[0] }])
})

test('work that a killed process held is rescued by its lease', async () => {
  const file = newDatabaseFile()
  const store = sqliteStore(file)
  await store.open()
  const held = await startNew(store)
  await store.close()
  const next = await openStore(file)
  expect(await next.owners()).toEqual(['owner'])
  expect(await next.nextDue()).toBe(NOW + LEASE)
  const rescued = await next.rescue({ now: NOW, deadOwners: ['owner'], maxDeliveries: 3 })
  expect(rescued).toMatchObject([{ id: held.id, status: 'pending' }])
})

test('a long value goes when another takes its place', async () => {
  const file = newDatabaseFile()
  const store = await openStore(file)
  const error = { kind: 'error', message: 'x'.repeat(5000) } as const
  await store.insert([newTasklet()])
  for (const status of ['pending', 'pending', 'failed'] as const) {
    await store.settle([settlementOf(await claimOne(store), { status, error })])
  }
  const db = new DatabaseSync(file)
  onTestFinished(() => db.close())
  expect(db.prepare('SELECT count(*) AS count FROM payloads').get()).toEqual({ count: 1 })
})

test('changes asked for together take far fewer pages than one by one', async () => {
  const [apart, together] = [newDatabaseFile(), newDatabaseFile()]
  const one = await openStore(apart)
  for (const tasklet of newTasklets(60)) await one.insert([tasklet])
  const other = await openStore(together)
  await Promise.all(newTasklets(60).map((tasklet) => other.insert([tasklet])))
  expect(walSize(together)).toBeLessThan(walSize(apart) / 5)
})

function walSize(file: string): number {
  return statSync(`${file}-wal`).size
}

test('the oldest pending tasklet is found behind younger ones, in any task and priority', async () => {
  const store = await openStore(newDatabaseFile())
  await store.insert([
    newTasklet({ createdAt: NOW + 1 }),
    newTasklet({ createdAt: NOW + 2, task: 'other', group: 'group' }),
    newTasklet({ createdAt: NOW, task: 'other', priority: 900 }),
    newTasklet({ createdAt: NOW + 3, task: 'other' }),
  ])
  expect(await store.queues()).toMatchObject([{ queue: 'main', oldestPending: NOW }])
})
