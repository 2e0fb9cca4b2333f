import { expect, test } from 'vitest'
import type { DependencyPolicy } from '../../core/tasklet.ts'
import { type MakeStore, openNew } from './open.ts'
import {
  behind,
  claimOf,
  claimOne,
  idsOf,
  LEASE,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  settleNext,
  startNew,
  statusOf,
  total,
} from './records.ts'

const ERROR = { kind: 'error', message: 'it broke' } as const

export function dependencyContract(makeStore: MakeStore): void {
  test('a dependent is pending with the settlement of its last dependency, and not before', async () => {
    const store = await openNew(makeStore)
    const [one, two] = [newTasklet(), newTasklet()]
    const dependent = behind([one, two])
    await store.insert([one, two, dependent])
    expect(await settleNext(store)).toMatchObject({ changed: [] })
    expect(await statusOf(store, dependent.id)).toEqual(['blocked'])
    const { changed } = await settleNext(store)
    expect(changed).toMatchObject([{ id: dependent.id, status: 'pending', updatedAt: NOW + 1000 }])
    expect(changed).toEqual([await store.get(dependent.id)])
    expect(idsOf(await store.claim(claimOf()))).toEqual([dependent.id])
  })

  test('a dependent that has a time of its own still waits for it', async () => {
    const store = await openNew(makeStore)
    const first = newTasklet()
    const dependent = behind(first, { notBefore: NOW + 5000 })
    await store.insert([first, dependent])
    expect((await settleNext(store)).changed).toMatchObject([{ status: 'scheduled' }])
    expect(await store.nextDue()).toBe(NOW + 5000)
    expect(await store.claim(claimOf())).toEqual([])
    await store.advance(NOW + 5000)
    expect(idsOf(await store.claim(claimOf()))).toEqual([dependent.id])
  })

  test.for<[DependencyPolicy, 'failed' | 'cancelled', object]>([
    ['fail', 'failed', { status: 'failed', error: { kind: 'dependency', cause: ERROR } }],
    ['fail', 'cancelled', { status: 'failed', error: { kind: 'dependency', cause: ERROR } }],
    ['cancel', 'failed', { status: 'cancelled', error: { kind: 'cancelled', cause: ERROR } }],
    ['cancel', 'cancelled', { status: 'cancelled', error: { kind: 'cancelled', cause: ERROR } }],
    ['run', 'failed', { status: 'pending', error: undefined }],
    ['run', 'cancelled', { status: 'pending', error: undefined }],
  ])(
    'a dependent with the policy %s follows one that is %s',
    async ([policy, status, expected]) => {
      const store = await openNew(makeStore)
      const first = newTasklet()
      const dependent = behind(first, { onDependencyFailure: policy })
      await store.insert([first, dependent])
      const { changed } = await settleNext(store, { status, error: ERROR })
      expect(changed).toMatchObject([{ id: dependent.id, ...expected }])
      expect(await store.get(dependent.id)).toMatchObject(expected)
    },
  )

  test('a failure goes down the whole graph at once, with the cause at every step', async () => {
    const store = await openNew(makeStore)
    const first = newTasklet()
    const second = behind(first)
    const third = behind([second, first])
    const fourth = behind(third, { onDependencyFailure: 'run' })
    await store.insert([first, second, third, fourth])
    const { changed } = await settleNext(store, { status: 'failed', error: ERROR })
    expect(idsOf(changed).toSorted()).toEqual(idsOf([second, third, fourth]).toSorted())
    const statuses = await statusOf(store, second.id, third.id, fourth.id)
    expect(statuses).toEqual(['failed', 'failed', 'pending'])
    expect((await store.get(second.id))?.error).toMatchObject({ cause: ERROR })
    expect((await store.get(third.id))?.settledAt).toBe(NOW + 1000)
  })

  test('one failed dependency is enough, while others are open', async () => {
    const store = await openNew(makeStore)
    const [one, two] = [newTasklet(), newTasklet()]
    const [strict, patient] = [
      behind([one, two]),
      behind([one, two], { onDependencyFailure: 'run' }),
    ]
    await store.insert([one, two, strict, patient])
    const { changed } = await settleNext(store, { status: 'failed' })
    expect(idsOf(changed)).toEqual([strict.id])
    expect(idsOf((await settleNext(store)).changed)).toEqual([patient.id])
  })

  test('a cancelled, a poisonous and an expired tasklet move their dependents too', async () => {
    const store = await openNew(makeStore)
    const [poison, cancelled] = [newTasklet({ priority: 0 }), newTasklet()]
    const expired = newTasklet({ expiresAt: NOW + LEASE })
    const dependents = [poison, cancelled, expired].map((one) => behind(one))
    await store.insert([poison, cancelled, expired, ...dependents])
    await claimOne(store)
    const rescue = { now: NOW + LEASE, deadOwners: [], maxDeliveries: 1 }
    const ids = idsOf(dependents)
    expect(idsOf(await store.rescue(rescue))).toEqual([poison.id, ids[0]])
    const cancellation = await store.cancel(cancelled.id, { kind: 'cancelled', message: 'no' }, NOW)
    expect(idsOf(cancellation.changed)).toEqual([cancelled.id, ids[1]])
    expect(idsOf((await store.advance(NOW + LEASE)).changed)).toEqual([expired.id, ids[2]])
    expect(await statusOf(store, ...ids)).toEqual(['failed', 'failed', 'failed'])
  })

  test('what a new record waits for may have ended already', async () => {
    const store = await openNew(makeStore)
    const completed = await startNew(store)
    const failed = await startNew(store)
    await store.settle([settlementOf(completed), settlementOf(failed, { status: 'failed' })])
    const running = await startNew(store)
    const outcomes = await store.insert([
      behind(completed),
      behind(completed, { notBefore: NOW + 5 }),
      behind([completed, running]),
      behind([running, failed]),
      behind(failed, { onDependencyFailure: 'cancel' }),
      behind(failed, { onDependencyFailure: 'run' }),
      behind([]),
    ])
    const statuses = [
      'pending',
      'scheduled',
      'blocked',
      'failed',
      'cancelled',
      'pending',
      'pending',
    ]
    expect(outcomes.map(({ tasklet }) => tasklet.status)).toEqual(statuses)
    for (const { tasklet } of outcomes) expect(await store.get(tasklet.id)).toEqual(tasklet)
  })

  test('an unknown dependency, itself or a later one included, refuses the whole batch', async () => {
    const store = await openNew(makeStore)
    const later = newTasklet()
    const self = newTasklet({ status: 'blocked', dependencies: [{ key: 'me', id: 'self' }] })
    for (const bad of [behind(newTasklet()), behind(later), { ...self, id: 'self' }]) {
      const call = store.insert([newTasklet(), bad, later])
      await expect(call).rejects.toMatchObject({ code: 'invalid_input' })
    }
    const pending = { ...behind(later), status: 'pending' as const }
    const call = store.insert([later, pending])
    await expect(call).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await total(store)).toBe(0)
  })

  test('a duplicate of the same call is waited for in the record that stands for it', async () => {
    const store = await openNew(makeStore)
    const [first] = await store.insert([newTasklet({ idempotencyKey: 'key' })])
    const again = newTasklet({ idempotencyKey: 'key' })
    const [, dependent] = await store.insert([again, behind(again)])
    expect(dependent?.tasklet.dependencies).toEqual([{ key: '0', id: first?.tasklet.id }])
    expect(idsOf((await settleNext(store)).changed)).toEqual([dependent?.tasklet.id])
  })

  test('a batch that is given again waits for the records that it stored the first time', async () => {
    const store = await openNew(makeStore)
    const toBatch = () => {
      const parent = newTasklet({ idempotencyKey: 'parent' })
      return [parent, behind(parent, { idempotencyKey: 'child' }), behind(parent)] as const
    }
    const [parent, child, first] = toBatch()
    await store.insert([parent, child, first])
    const again = toBatch()
    const outcomes = await store.insert(again)
    expect(outcomes.map(({ created, tasklet }) => [created, tasklet.id])).toEqual([
      [false, parent.id],
      [false, child.id],
      [true, again[2].id],
    ])
    expect(outcomes[2]?.tasklet.dependencies).toEqual([{ key: '0', id: parent.id }])
    await settleNext(store)
    expect(await statusOf(store, child.id, first.id, again[2].id)).toEqual(Array(3).fill('pending'))
  })

  test('many wait for one, and one waits for many', async () => {
    const store = await openNew(makeStore)
    const first = newTasklet()
    const middle = Array.from({ length: 30 }, () => behind(first))
    const last = behind(middle)
    await store.insert([first, ...middle, last])
    expect((await settleNext(store)).changed).toHaveLength(30)
    const claimed = await store.claim(claimOf())
    const outcomes = await store.settle(claimed.map((tasklet) => settlementOf(tasklet)))
    const changed = outcomes.map((outcome) => (outcome.accepted ? outcome.changed.length : -1))
    expect(changed).toEqual([...Array(29).fill(0), 1])
    expect(await statusOf(store, last.id)).toEqual(['pending'])
  })

  test('a retry and a give-back settle nothing for those that wait', async () => {
    const store = await openNew(makeStore)
    const [first, other] = newTasklets(2)
    if (!first || !other) throw new Error('two were made')
    const dependent = behind(first)
    await store.insert([first, dependent, other])
    expect((await settleNext(store, { status: 'pending' })).changed).toEqual([])
    const retry = { status: 'retrying', notBefore: NOW + 5 } as const
    expect((await settleNext(store, retry)).changed).toEqual([])
    expect(await statusOf(store, dependent.id)).toEqual(['blocked'])
  })
}
