import { expect, test } from 'vitest'
import type { Status } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { type MakeStore, openNew } from './open.ts'
import { claimOne, idsOf, NOW, newTasklet, newTasklets, settlementOf, total } from './records.ts'

export function insertContract(makeStore: MakeStore): void {
  test('a record comes back with every field as it was given', async () => {
    const store = await openNew(makeStore)
    const given = newTasklet(FULL)
    const [outcome] = await store.insert([given])
    const expected = { ...given, sequence: outcome?.tasklet.sequence }
    expect(outcome).toEqual({ created: true, tasklet: expected })
    expect(await store.get(given.id)).toEqual(expected)
  })

  test('sequences grow in the order given, within a batch and over batches', async () => {
    const store = await openNew(makeStore)
    const batches = [await store.insert(newTasklets(3)), await store.insert(newTasklets(2))]
    const sequences = batches.flat().map(({ tasklet }) => tasklet.sequence)
    expect(sequences).toHaveLength(5)
    expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other))
  })

  test('calls that are not awaited one by one keep their order', async () => {
    const store = await openNew(makeStore)
    const given = newTasklets(20)
    const outcomes = await Promise.all(given.map((tasklet) => store.insert([tasklet])))
    const stored = outcomes.flat().map(({ tasklet }) => tasklet)
    stored.sort((one, other) => one.sequence - other.sequence)
    expect(idsOf(stored)).toEqual(idsOf(given))
  })

  test('an empty batch is stored as nothing', async () => {
    const store = await openNew(makeStore)
    expect(await store.insert([])).toEqual([])
  })

  test('a batch with an id that is stored already is refused whole', async () => {
    const store = await openNew(makeStore)
    const first = newTasklet({ task: 'first' })
    await store.insert([first])
    const batch = [newTasklet(), newTasklet({ id: first.id }), newTasklet()]
    await expect(store.insert(batch)).rejects.toMatchObject({ code: 'store_duplicate_id' })
    expect(await total(store)).toBe(1)
    expect(await store.get(first.id)).toMatchObject({ task: 'first' })
  })

  test('a batch that has one id twice is refused whole', async () => {
    const store = await openNew(makeStore)
    const one = newTasklet()
    const batch = [one, newTasklet({ id: one.id })]
    await expect(store.insert(batch)).rejects.toMatchObject({ code: 'store_duplicate_id' })
    expect(await total(store)).toBe(0)
  })

  test('a refused batch harms none of those asked for at the same time', async () => {
    const store = await openNew(makeStore)
    const one = newTasklet()
    const [before, refused, after] = await Promise.allSettled([
      store.insert([one]),
      store.insert([newTasklet({ plan: 'new', queue: 'new' }), newTasklet({ id: one.id })]),
      store.insert([newTasklet({ plan: 'new', queue: 'new' })]),
    ])
    expect([before.status, refused.status, after.status]).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect((await store.list({ limit: 9 })).items).toMatchObject([{ plan: 'new' }, { id: one.id }])
  })

  test.for<Status>(['running', 'retrying', 'completed', 'cancelled'])(
    'a new record cannot begin as %s',
    async (status) => {
      const store = await openNew(makeStore)
      const batch = [newTasklet(), newTasklet({ status, notBefore: NOW })]
      await expect(store.insert(batch)).rejects.toMatchObject({ code: 'store_illegal_move' })
      expect(await total(store)).toBe(0)
    },
  )

  test.for<Partial<Tasklet>>([
    { priority: -1 },
    { priority: 1001 },
    { priority: 0.5 },
    { status: 'scheduled' },
    { status: 'scheduled', notBefore: Number.NaN },
  ])('a record with %o is refused with its batch', async (changes) => {
    const store = await openNew(makeStore)
    const batch = [newTasklet(), newTasklet(changes)]
    await expect(store.insert(batch)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await total(store)).toBe(0)
  })

  test('of two records with one idempotency key only the first is stored', async () => {
    const store = await openNew(makeStore)
    const first = newTasklet({ idempotencyKey: 'key', input: 1 })
    await store.insert([first])
    const [again] = await store.insert([newTasklet({ idempotencyKey: 'key', input: 2 })])
    expect(again).toMatchObject({ created: false, reason: 'idempotency-key' })
    expect(again?.tasklet).toEqual(await store.get(first.id))
    expect(await total(store)).toBe(1)
  })

  test('an idempotency key is taken within its batch, in every queue, and once settled', async () => {
    const store = await openNew(makeStore)
    const keyed = () => newTasklet({ idempotencyKey: 'key' })
    const [first, second] = await store.insert([keyed(), keyed(), newTasklet()])
    expect(second).toMatchObject({ created: false, tasklet: { id: first?.tasklet.id } })
    await store.settle([settlementOf(await claimOne(store), { output: 'done' })])
    const [later] = await store.insert([{ ...keyed(), queue: 'event' }])
    expect(later).toMatchObject({ created: false, tasklet: { output: 'done' } })
    expect(await total(store)).toBe(2)
  })

  test('an idempotency key holds for one task of one plan', async () => {
    const store = await openNew(makeStore)
    const idempotencyKey = 'key'
    const outcomes = await store.insert([
      newTasklet({ idempotencyKey }),
      newTasklet({ idempotencyKey, task: 'other' }),
      newTasklet({ idempotencyKey, plan: 'other' }),
      newTasklet({ idempotencyKey: 'other' }),
      newTasklet(),
    ])
    expect(outcomes.map(({ created }) => created)).toEqual([true, true, true, true, true])
  })
}

/** Every field that a new record may bring, each with a value of its own. */
const FULL: Partial<Tasklet> = {
  plan: 'kiln',
  task: 'fire',
  planVersion: 'f00d',
  queue: 'event',
  priority: 42,
  status: 'scheduled',
  input: { piece: 'A1', parts: [1, 'two', null, { three: true }] },
  initialContext: ['context'],
  output: 0,
  error: { kind: 'timeout', message: 'before', stack: 'at', cause: { kind: 'error', message: '' } },
  trail: {
    from: 'cold',
    target: 'hot',
    steps: [
      {
        event: 'HEAT',
        task: 'heat',
        from: 'cold',
        to: 'hot',
        cost: 5,
        duration: 1.5,
        outcome: 'moved',
      },
    ],
  },
  attempts: 2,
  maxAttempts: 7,
  deliveries: 4,
  notBefore: NOW + 5,
  timeout: 30_000,
  requires: ['hot', 'door.closed'],
  backoff: { type: 'exponential', delay: '1s', max: 60_000, jitter: 0.2 },
  onDependencyFailure: 'cancel',
  expiresAt: NOW + 60_000,
  group: 'kilns',
  unique: { key: 'A1', until: NOW + 10, onDuplicate: 'keep-last' },
  failures: [{ attempt: 1, at: NOW - 1, error: { kind: 'error', message: 'once' } }],
  replayedBy: 'another',
  idempotencyKey: 'A1',
  tags: ['red', 'blue'],
  source: 'schedule',
  parentId: 'parent',
  traceId: 'trace',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  estimatedDuration: 12.25,
  actualDuration: 0.5,
  createdAt: NOW + 1,
  updatedAt: NOW + 2,
  startedAt: NOW + 3,
  settledAt: NOW + 4,
  cancelRequested: 'enough',
}
