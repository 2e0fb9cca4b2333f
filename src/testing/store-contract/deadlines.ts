import { expect, test } from 'vitest'
import type { PhaseDeadline, Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import { type MakeStore, openNew } from './open.ts'
import { claimOne, LEASE, NOW, newTasklet, settlementOf, startNew, tokenOf } from './records.ts'

const DEADLINE: PhaseDeadline = { phase: 'executing', at: NOW + 5000.25 }
const AFTER = { now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 }
const CANCELLED = { kind: 'cancelled', message: 'enough' } as const

export function deadlineContract(makeStore: MakeStore): void {
  test('what belongs to one submission is kept with its record', async () => {
    const store = await openNew(makeStore)
    const event = { name: 'door.opened', at: NOW, data: { by: ['a'], note: null } }
    const given = newTasklet({ timeouts: { acquire: 5, prepare: 7 }, event, interruptions: 2 })
    await store.insert([given])
    const claimed = await claimOne(store)
    await store.settle([settlementOf(claimed)])
    const { timeouts, interruptions } = given
    expect(claimed).toMatchObject({ timeouts, event, interruptions })
    expect(await store.get(given.id)).toMatchObject({ timeouts, event, interruptions })
  })

  test('the data of an event is kept as JSON, and refused by its place', async () => {
    const store = await openNew(makeStore)
    const event = { name: 'tick', at: NOW, data: undefined }
    const started = await startNew(store, { event })
    expect((await store.get(started.id))?.event).toStrictEqual(event)
    const bad = newTasklet({ event: { ...event, data: { list: [1n] } } })
    await expect(store.insert([bad])).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('event.data.list[0]'),
    })
  })

  test('an event keeps its lineage, and shares none of it with its reader', async () => {
    const store = await openNew(makeStore)
    const chain = { id: 'e1', correlationId: 'e0', causationId: 'e0', depth: 1, triggers: ['p/a'] }
    const first = { ...chain, causationId: undefined, depth: 0, triggers: [] }
    for (const lineage of [chain, first]) {
      const event = { name: 'tick', at: NOW, data: null, lineage }
      const { id } = await startNew(store, { id: lineage.depth.toString(), event })
      const triggers = (await store.get(id))?.event?.lineage?.triggers as string[]
      triggers.push('p/b')
      expect((await store.get(id))?.event).toStrictEqual(event)
    }
  })

  test('the data of an event that its reader changes stays as it was stored', async () => {
    const store = await openNew(makeStore)
    const event = { name: 'tick', at: NOW, data: [1] }
    const started = await startNew(store, { event })
    event.data.push(2)
    spoil(started)
    const [outcome] = await store.settle([settlementOf(started)])
    expect(outcome).toMatchObject({ tasklet: { event: { data: [1] } } })
    if (outcome?.accepted) spoil(outcome.tasklet)
    expect(await store.get(started.id)).toMatchObject({ event: { data: [1] } })
  })

  test('a renewal notes the deadline that it is given, and otherwise leaves it alone', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store, { tags: ['red'] })
    expect(started.deadline).toBeUndefined()
    await renew(store, started, DEADLINE)
    const renewed = await store.get(started.id)
    expect(renewed).toEqual({ ...started, deadline: DEADLINE, lease: renewed?.lease })
    await renew(store, started)
    expect(await store.get(started.id)).toEqual(renewed)
    await renew(store, started, { phase: 'preparing', at: NOW })
    expect(await store.get(started.id)).toMatchObject({ deadline: { phase: 'preparing', at: NOW } })
  })

  test('a deadline under a token that is not the present one is not noted', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const lease = { id: started.id, token: tokenOf(started) + 1, deadline: DEADLINE }
    expect(await store.renew([lease], NOW + LEASE)).toMatchObject({ lost: [started.id] })
    expect(await store.get(started.id)).toEqual(started)
  })

  test('a deadline that is no time refuses the renewal, and no lease is renewed', async () => {
    const store = await openNew(makeStore)
    const [one, other] = [await startNew(store), await startNew(store)]
    const leases = [one, other].map(({ id, lease }) => ({ id, token: lease?.token ?? 0 }))
    const deadline = { phase: 'executing', at: Number.NaN } as const
    const bad = leases.map((lease, index) => (index === 0 ? lease : { ...lease, deadline }))
    await expect(store.renew(bad, NOW + 2 * LEASE)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(other.id),
    })
    expect(await store.getMany([one.id, other.id])).toEqual([one, other])
  })

  test('a deadline outlives a lost lease, so that the next delivery sees it', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await renew(store, started, DEADLINE)
    expect(await store.rescue(AFTER)).toMatchObject([{ status: 'pending', deadline: DEADLINE }])
    const again = await claimOne(store)
    expect(again).toMatchObject({ id: started.id, deadline: DEADLINE })
    await store.settle([settlementOf(again)])
    expect((await store.get(started.id))?.deadline).toBeUndefined()
  })

  test.for(['completed', 'failed', 'retrying', 'pending'] as const)(
    'a settlement as %s takes the deadline away',
    async (status) => {
      const store = await openNew(makeStore)
      const started = await startNew(store, { tags: ['red'], timeouts: { acquire: 5 } })
      await renew(store, started, DEADLINE)
      const [outcome] = await store.settle([settlementOf(started, { status, notBefore: NOW })])
      const kept = { status, deadline: undefined, tags: ['red'], timeouts: { acquire: 5 } }
      expect(outcome).toMatchObject({ accepted: true, tasklet: kept })
      expect(await store.get(started.id)).toMatchObject(kept)
    },
  )

  test('poison and a wish to stop that was left behind take the deadline away', async () => {
    const store = await openNew(makeStore)
    const [poison, stopped] = [await startNew(store), await startNew(store)]
    for (const one of [poison, stopped]) await renew(store, one, DEADLINE)
    await store.cancel(stopped.id, CANCELLED, NOW)
    await store.rescue({ ...AFTER, deadOwners: ['owner'], maxDeliveries: 1 })
    expect(await store.getMany([poison.id, stopped.id])).toMatchObject([
      { status: 'failed', deadline: undefined },
      { status: 'cancelled', deadline: undefined },
    ])
  })

  test('a new record has no deadline: it belongs to an attempt', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store, { deadline: DEADLINE })
    expect(started.deadline).toBeUndefined()
  })

  test('interruptions are counted, other ways back are not', async () => {
    const store = await openNew(makeStore)
    const { id } = await startNew(store)
    await store.rescue(AFTER)
    for (const interrupted of [true, false, undefined, true]) {
      await store.settle([settlementOf(await claimOne(store), { status: 'pending', interrupted })])
    }
    expect(await store.get(id)).toMatchObject({ status: 'pending', interruptions: 2 })
  })

  test('an interrupt of a tasklet that was asked to stop is no interruption', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await store.cancel(started.id, CANCELLED, NOW)
    await store.settle([settlementOf(started, { status: 'pending', interrupted: true })])
    expect(await store.get(started.id)).toMatchObject({ status: 'cancelled', interruptions: 0 })
  })
}

async function renew(store: Store, tasklet: Tasklet, deadline?: PhaseDeadline): Promise<void> {
  const lease = { id: tasklet.id, token: tokenOf(tasklet), deadline }
  expect(await store.renew([lease], NOW + LEASE)).toMatchObject({ lost: [] })
}

function spoil({ event }: Tasklet): void {
  const data = event?.data as unknown[]
  data.push('spoilt')
}
