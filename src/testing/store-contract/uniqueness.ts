import { expect, test } from 'vitest'
import type { Tasklet, Uniqueness } from '../../core/tasklet.ts'
import { type MakeStore, openNew } from './open.ts'
import {
  claimOne,
  idsOf,
  NOW,
  newTasklet,
  settlementOf,
  settleNext,
  startNew,
  statusOf,
  total,
} from './records.ts'

export function uniquenessContract(makeStore: MakeStore): void {
  test('a unique key is taken while its record is not final', async () => {
    const store = await openNew(makeStore)
    const [first] = await store.insert([keyed('return')])
    const [second] = await store.insert([keyed('return')])
    expect(second).toEqual({ created: false, reason: 'unique', tasklet: first?.tasklet })
    await claimOne(store).then((running) =>
      store.settle([settlementOf(running, { status: 'retrying', notBefore: NOW })]),
    )
    expect(await store.insert([keyed('return')])).toMatchObject([{ created: false }])
    await store.advance(NOW)
    await settleNext(store)
    expect(await store.insert([keyed('return')])).toMatchObject([{ created: true }])
  })

  test('a unique key with a period is taken until then, also once settled', async () => {
    const store = await openNew(makeStore)
    const first = await startNew(store, keyed('return', {}, NOW + 10))
    await store.settle([settlementOf(first)])
    const [within] = await store.insert([keyed('return', { createdAt: NOW + 9 }, NOW + 19)])
    expect(within).toMatchObject({ created: false, tasklet: { id: first.id } })
    const [after] = await store.insert([keyed('return', { createdAt: NOW + 10 }, NOW + 20)])
    expect(after).toMatchObject({ created: true })
  })

  test('a unique key holds for one task of one plan, within a call too', async () => {
    const store = await openNew(makeStore)
    const outcomes = await store.insert([
      keyed('return'),
      keyed('return', { task: 'other' }),
      keyed('return', { plan: 'other' }),
      keyed('return', { queue: 'event' }),
      newTasklet(),
    ])
    expect(outcomes.map(({ created }) => created)).toEqual([true, true, true, false, true])
  })

  test('a replacement gives input, context, priority and time to what has not started', async () => {
    const store = await openNew(makeStore)
    const waits = { status: 'scheduled', notBefore: NOW + 5 } as const
    const [first] = await store.insert([keyed('replace', { ...waits, input: 1 })])
    const later = { input: { n: 2 }, initialContext: [3], priority: 7, notBefore: NOW + 9 }
    const given = keyed('replace', { ...waits, ...later, tags: ['new'] })
    const [replaced] = await store.insert([given])
    const expected = { ...first?.tasklet, ...later, updatedAt: given.createdAt }
    expect(replaced).toEqual({ created: false, reason: 'replaced', tasklet: expected })
    expect(await store.get(first?.tasklet.id ?? '')).toEqual(expected)
    expect(await store.advance(NOW + 8)).toMatchObject({ queues: [] })
    expect(await store.nextDue()).toBe(NOW + 9)
    expect(await total(store)).toBe(1)
  })

  test('a replacement without a time may run at once', async () => {
    const store = await openNew(makeStore)
    const waits = { status: 'scheduled', notBefore: NOW + 5 } as const
    await store.insert([keyed('replace', waits), newTasklet({ priority: 0 })])
    await store.insert([keyed('replace', { priority: 0, input: 'new' })])
    expect(await claimOne(store)).toMatchObject({ input: 'new', notBefore: undefined })
  })

  test('what is pending takes a replacement and is leased once, with the new input', async () => {
    const store = await openNew(makeStore)
    await store.insert([keyed('replace', { input: 'old' })])
    await store.insert([keyed('replace', { input: 'new' })])
    expect(await claimOne(store)).toMatchObject({ input: 'new' })
    await expect(claimOne(store)).rejects.toThrow('nothing to claim')
  })

  test('a replacement of what has started changes nothing', async () => {
    const store = await openNew(makeStore)
    const first = await startNew(store, keyed('replace', { input: 1 }))
    const [running] = await store.insert([keyed('replace', { input: 2 })])
    expect(running).toEqual({ created: false, reason: 'unique', tasklet: first })
    await store.settle([settlementOf(first, { status: 'pending' })])
    const [again] = await store.insert([keyed('replace', { input: 3 })])
    expect(again).toMatchObject({ reason: 'unique', tasklet: { input: 1, status: 'pending' } })
  })

  test('behind the running one waits one more, always the last submitted', async () => {
    const store = await openNew(makeStore)
    const first = await startNew(store, keyed('keep-last', { input: 1 }))
    const [second] = await store.insert([keyed('keep-last', { input: 2 })])
    expect(second).toMatchObject({
      created: true,
      tasklet: {
        status: 'blocked',
        dependencies: [{ id: first.id }],
        onDependencyFailure: 'run',
      },
    })
    const [third] = await store.insert([keyed('keep-last', { input: 3 })])
    expect(third).toMatchObject({
      created: false,
      reason: 'replaced',
      tasklet: { id: second?.tasklet.id, input: 3, status: 'blocked' },
    })
    await store.settle([settlementOf(first, { status: 'failed' })])
    expect(await claimOne(store)).toMatchObject({ id: second?.tasklet.id, input: 3 })
    const [fourth] = await store.insert([keyed('keep-last', { input: 4 })])
    expect(fourth).toMatchObject({ created: true, tasklet: { status: 'blocked' } })
  })

  test('a follow-up that is pending takes the next submission', async () => {
    const store = await openNew(makeStore)
    const first = await startNew(store, keyed('keep-last'))
    const [second] = await store.insert([keyed('keep-last')])
    await store.settle([settlementOf(first)])
    const [third] = await store.insert([keyed('keep-last', { input: 3 })])
    expect(third).toMatchObject({ reason: 'replaced', tasklet: { id: second?.tasklet.id } })
    expect(await claimOne(store)).toMatchObject({ input: 3 })
  })

  test('when a follow-up is cancelled, the running one still holds the key', async () => {
    const store = await openNew(makeStore)
    const first = await startNew(store, keyed('keep-last'))
    const [second] = await store.insert([keyed('keep-last')])
    const id = second?.tasklet.id ?? ''
    await store.cancel(id, { kind: 'cancelled', message: 'no' }, NOW)
    const [returned] = await store.insert([keyed('return')])
    expect(returned).toMatchObject({ reason: 'unique', tasklet: { id: first.id } })
    const [third] = await store.insert([keyed('keep-last')])
    expect(third?.tasklet.dependencies).toMatchObject([{ id: first.id }])
  })

  test('a replay of a dead letter is linked both ways and done once', async () => {
    const store = await openNew(makeStore)
    const dead = await startNew(store)
    await store.settle([settlementOf(dead, { status: 'failed' })])
    const replay = newTasklet({ replayOf: dead.id })
    const [first, second] = await store.insert([replay, newTasklet({ replayOf: dead.id })])
    expect(first).toMatchObject({ created: true, tasklet: { id: replay.id, replayOf: dead.id } })
    expect(second).toMatchObject({ created: false, reason: 'replayed', tasklet: { id: replay.id } })
    expect(await store.get(dead.id)).toMatchObject({ status: 'failed', replayedBy: replay.id })
    const [third] = await store.insert([newTasklet({ replayOf: dead.id })])
    expect(third).toMatchObject({ reason: 'replayed', tasklet: { id: replay.id } })
    const ids = async (replayed: boolean) => idsOf((await store.list({ limit: 9, replayed })).items)
    expect(await ids(true)).toEqual([dead.id])
    expect(await ids(false)).toEqual([])
  })

  test('only a failed record is replayed; anything else refuses the batch', async () => {
    const store = await openNew(makeStore)
    const running = await startNew(store)
    for (const replayOf of [running.id, 'unheard-of']) {
      const call = store.insert([newTasklet(), newTasklet({ replayOf })])
      await expect(call).rejects.toMatchObject({ code: 'invalid_input' })
    }
    expect(await total(store)).toBe(1)
  })

  test('a queue without room refuses the call whole', async () => {
    const store = await openNew(makeStore)
    const options = { maxSizes: { main: 2, interrupt: 0 } }
    await store.insert([keyed('return'), newTasklet({ queue: 'event' })], options)
    const call = store.insert([newTasklet(), newTasklet({ queue: 'event' }), newTasklet()], options)
    await expect(call).rejects.toMatchObject({ code: 'queue_full', queue: 'main' })
    expect(await total(store)).toBe(2)
    const [interrupt] = await store.insert([newTasklet({ queue: 'interrupt' })], options)
    expect(interrupt?.created).toBe(true)
    const waits = newTasklet({ status: 'scheduled', notBefore: NOW + 9 })
    const outcomes = await store.insert([waits, keyed('return')], options)
    expect(outcomes.map(({ created }) => created)).toEqual([true, false])
    await expect(store.insert([newTasklet()], options)).rejects.toMatchObject({
      code: 'queue_full',
    })
    await claimOne(store)
    await store.insert([newTasklet()], options)
    expect(await statusOf(store, waits.id)).toEqual(['scheduled'])
  })
}

function keyed(
  onDuplicate: Uniqueness['onDuplicate'],
  changes: Partial<Tasklet> = {},
  until?: number,
): Tasklet {
  return newTasklet({ unique: { key: 'key', until, onDuplicate }, ...changes })
}
