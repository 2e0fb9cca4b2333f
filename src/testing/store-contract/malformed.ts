import { expect, test } from 'vitest'
import type { Tasklet } from '../../core/tasklet.ts'
import { type MakeStore, openNew } from './open.ts'
import { behind, claimOf, idsOf, NOW, newTasklet, total } from './records.ts'

const ERROR = { kind: 'malformed', message: 'no JSON: Unexpected token' } as const

export function malformedContract(makeStore: MakeStore): void {
  test('what could not be read is stored as failed, settled when it came', async () => {
    const store = await openNew(makeStore)
    const given = unreadable({ input: '{"task":', createdAt: NOW + 5, updatedAt: NOW + 5 })
    const [outcome] = await store.insert([given])
    const stored = { ...given, sequence: expect.any(Number), settledAt: NOW + 5 }
    expect(outcome).toEqual({ created: true, tasklet: stored })
    expect(await store.get(given.id)).toEqual(stored)
  })

  test('it counts as failed, and as submitted and failed in its minute', async () => {
    const store = await openNew(makeStore)
    await store.insert([unreadable(), newTasklet()])
    expect(await store.counts('main')).toMatchObject({ failed: 1, pending: 1 })
    expect(await store.tallies(NOW)).toMatchObject([{ submitted: 2, failed: 1, completed: 0 }])
    const [queue] = await store.queues()
    expect(queue).toMatchObject({ queue: 'main', counts: { failed: 1 } })
  })

  test('it is a dead letter: it is found, never claimed, never due', async () => {
    const store = await openNew(makeStore)
    const given = unreadable({ expiresAt: NOW + 1 })
    await store.insert([given])
    expect(await store.claim(claimOf({ ids: [given.id] }))).toEqual([])
    expect(await store.nextDue()).toBeUndefined()
    expect((await store.advance(NOW + 9)).changed).toEqual([])
    const filter = { status: ['failed'], replayed: false, text: 'unexpected', limit: 9 } as const
    expect(idsOf((await store.list(filter)).items)).toEqual([given.id])
    expect(await store.list({ limit: 9, settledSince: NOW })).toMatchObject({
      items: [{ id: given.id }],
    })
    expect(await store.cancel(given.id, ERROR, NOW)).toMatchObject({ outcome: 'settled' })
  })

  test('it takes no room in its queue, and goes as dead letters go', async () => {
    const store = await openNew(makeStore)
    await store.insert([unreadable(), newTasklet()], { maxSizes: { main: 1 } })
    const sweep = { settledBefore: NOW + 1, keep: 9, limit: 9 }
    expect(await store.sweep({ ...sweep, failedBefore: NOW })).toBe(0)
    expect(await store.sweep({ ...sweep, failedBefore: NOW + 1 })).toBe(1)
    expect(await total(store)).toBe(1)
  })

  test('the same message that comes again is the same record', async () => {
    const store = await openNew(makeStore)
    const first = unreadable({ idempotencyKey: 'message' })
    await store.insert([first])
    const [again] = await store.insert([unreadable({ idempotencyKey: 'message' })])
    expect(again).toMatchObject({ created: false, reason: 'idempotency-key' })
    expect(again?.tasklet).toMatchObject({ id: first.id, status: 'failed' })
    expect(await total(store)).toBe(1)
  })

  test('it may be replayed, and whoever depends on it ends as its policy says', async () => {
    const store = await openNew(makeStore)
    const given = unreadable()
    await store.insert([given])
    const [replay] = await store.insert([newTasklet({ replayOf: given.id })])
    expect(replay).toMatchObject({ created: true })
    const [child] = await store.insert([behind(given)])
    expect(child?.tasklet).toMatchObject({ status: 'failed', error: { kind: 'dependency' } })
  })

  test('a failure without an error is refused, and so is one with dependencies', async () => {
    const store = await openNew(makeStore)
    const refused = { code: 'invalid_input' }
    const bare = unreadable({ error: undefined })
    await expect(store.insert([newTasklet(), bare])).rejects.toMatchObject(refused)
    const dependent = unreadable({ dependencies: [{ key: 'a', id: 'a' }] })
    await expect(store.insert([dependent])).rejects.toMatchObject(refused)
    expect(await total(store)).toBe(0)
  })
}

function unreadable(changes: Partial<Tasklet> = {}): Tasklet {
  return newTasklet({ status: 'failed', error: ERROR, ...changes })
}
