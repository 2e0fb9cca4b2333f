import { expect, test, vi } from 'vitest'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import { type MakeTogether, openTogether } from './open.ts'
import {
  behind,
  claimOf,
  claimOne,
  idsOf,
  leaseOf,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  startNew,
  statusOf,
} from './records.ts'

const ERROR = { kind: 'cancelled', message: 'enough' } as const

/** Races are run so often, because one may go well by luck. */
const ROUNDS = 8

/** Work that two stores do on the same records, as two processes do. */
export function sharedWorkContract(makeTogether: MakeTogether): void {
  test('claims from both never lease one record twice, and lease all', async () => {
    const [one, two] = await openTogether(makeTogether)
    const given = newTasklets(60)
    await one.insert(given)
    const claimed: Tasklet[] = []
    while ((await two.counts('main')).pending > 0) {
      const claims = [one, two].flatMap((store, index) =>
        [5, 3].map((limit) => store.claim(claimOf({ owner: `owner-${index}`, limit }))),
      )
      claimed.push(...(await Promise.all(claims)).flat())
    }
    expect(idsOf(claimed).sort()).toEqual(idsOf(given).sort())
    expect(claimed.every(({ deliveries }) => deliveries === 1)).toBe(true)
    expect((await one.owners()).toSorted()).toEqual(['owner-0', 'owner-1'])
  })

  test('claims from both by the same ids lease each once', async () => {
    const [one, two] = await openTogether(makeTogether)
    for (let round = 0; round < ROUNDS; round += 1) {
      const given = newTasklets(6)
      await one.insert(given)
      const request = claimOf({ ids: idsOf(given) })
      const claimed = (await Promise.all([one.claim(request), two.claim(request)])).flat()
      claimed.push(...(await two.claim(request)))
      expect(idsOf(claimed).sort()).toEqual(idsOf(given).sort())
    }
  })

  test('group limits hold across both', async () => {
    const [one, two] = await openTogether(makeTogether)
    const grouped = newTasklets(9, { group: 'x' })
    await one.insert([...grouped, ...newTasklets(2, { group: 'y' })])
    const request = claimOf({ groupLimits: { 'plan/task': 3 } })
    const claims = [one, two, one, two].map((store) => store.claim({ ...request, limit: 4 }))
    await Promise.all(claims)
    await one.claim(request)
    await two.claim(request)
    const running = (await one.list({ status: ['running'], limit: 99 })).items
    expect(running.filter(({ group }) => group === 'x')).toHaveLength(3)
    expect(running.filter(({ group }) => group === 'y')).toHaveLength(2)
  })

  test('rate limits hold across both', async () => {
    const [one, two] = await openTogether(makeTogether)
    await one.insert(newTasklets(20))
    const rate = { key: 'rate', tasks: ['plan/task'], perGroup: false, count: 5, per: 100 }
    const request = claimOf({ rateLimits: [rate], limit: 4 })
    const claims = await Promise.all([one, two, one, two].map((store) => store.claim(request)))
    expect(claims.flat().length + (await two.claim(request)).length).toBe(5)
    expect(await one.nextStart(request)).toBe(NOW + 100)
  })

  test.for([
    ['idempotency key', { idempotencyKey: 'nightly/2026-11-21T00:00' }],
    ['unique key', { unique: { key: 'nightly', until: undefined, onDuplicate: 'return' } }],
  ] as const)('what both submit at once with one %s is stored once', async ([, key]) => {
    const [one, two] = await openTogether(makeTogether)
    for (let round = 0; round < ROUNDS; round += 1) {
      const task = `task-${round}`
      const outcomes = await Promise.all(
        [one, two, one, two].map((store) => store.insert([newTasklet({ task, ...key })])),
      )
      expect(outcomes.flat().filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(outcomes.flat().map(({ tasklet }) => tasklet.id)).size).toBe(1)
      expect((await two.list({ task, limit: 9 })).items).toHaveLength(1)
    }
  })

  test('inserts of both at once are all kept, each in the order of its call', async () => {
    const [one, two] = await openTogether(makeTogether)
    const batches = Array.from({ length: ROUNDS }, () => newTasklets(4))
    await Promise.all(batches.map((batch, index) => (index % 2 === 0 ? one : two).insert(batch)))
    const claimed = idsOf(await two.claim(claimOf()))
    expect(claimed.toSorted()).toEqual(batches.flatMap((batch) => idsOf(batch)).sort())
    for (const batch of batches) {
      const own = new Set(idsOf(batch))
      expect(claimed.filter((id) => own.has(id))).toEqual(idsOf(batch))
    }
    expect(await one.counts('main')).toMatchObject({ pending: 0, running: 4 * ROUNDS })
  })

  test('two parents that both settle at once release their child exactly once', async () => {
    const [one, two] = await openTogether(makeTogether)
    for (const store of [one, two]) await store.noteOutbox(['ready'])
    for (let round = 0; round < ROUNDS; round += 1) {
      const parents = newTasklets(2)
      const child = behind(parents)
      await one.insert([...parents, child])
      const [first, second] = [await claimOne(one), await claimOne(two)]
      const outcomes = await Promise.all([
        one.settle([settlementOf(first)]),
        two.settle([settlementOf(second)]),
      ])
      const changed = outcomes
        .flat()
        .flatMap((outcome) => (outcome.accepted ? outcome.changed : []))
      expect(idsOf(changed)).toEqual([child.id])
      expect(idsOf(await two.claim(claimOf()))).toEqual([child.id])
    }
    expect(await takeReady(one)).toHaveLength(3 * ROUNDS)
  })

  test('a parent that fails while the other completes ends the child once', async () => {
    const [one, two] = await openTogether(makeTogether)
    for (let round = 0; round < ROUNDS; round += 1) {
      const parents = newTasklets(2)
      const child = behind(parents)
      await two.insert([...parents, child])
      const [first, second] = [await claimOne(one), await claimOne(two)]
      await Promise.all([
        one.settle([settlementOf(first, { status: 'failed', error: ERROR })]),
        two.settle([settlementOf(second)]),
      ])
      expect(await statusOf(one, child.id)).toEqual(['failed'])
    }
    expect(await two.counts()).toMatchObject({ failed: 2 * ROUNDS, completed: ROUNDS, blocked: 0 })
  })

  test('a child that is stored while its parent settles is not left behind', async () => {
    const [one, two] = await openTogether(makeTogether)
    for (let round = 0; round < ROUNDS; round += 1) {
      const parent = await startNew(one)
      const child = behind(parent)
      await Promise.all([two.insert([child]), one.settle([settlementOf(parent)])])
      expect(idsOf(await one.claim(claimOf()))).toEqual([child.id])
    }
  })

  test('the other rescues what a dead owner had, and the old token counts no more', async () => {
    const [one, two] = await openTogether(makeTogether)
    const lost = await startNew(one)
    const request = { now: NOW, deadOwners: ['owner'], maxDeliveries: 3 }
    expect(idsOf(await two.rescue(request))).toEqual([lost.id])
    expect(await one.settle([settlementOf(lost)])).toMatchObject([{ accepted: false }])
    const present = await claimOne(two, { owner: 'other' })
    expect(present).toMatchObject({ id: lost.id, deliveries: 2 })
    expect(await one.settle([settlementOf(lost)])).toEqual([{ accepted: false, holder: 'other' }])
    expect(await one.renew([leaseOf(lost)], NOW + 99)).toMatchObject({ lost: [lost.id] })
    expect(await one.hold({ lease: leaseOf(lost), units: [] })).toMatchObject({ held: false })
    const step = { name: 'late', output: 1, at: NOW }
    expect(await one.recordStep(leaseOf(lost), step)).toBe(false)
    expect(await two.settle([settlementOf(present)])).toMatchObject([{ accepted: true }])
  })

  test('what both rescue at once is rescued once', async () => {
    const [one, two] = await openTogether(makeTogether)
    await one.insert(newTasklets(20))
    await one.claim(claimOf())
    const request = { now: NOW, deadOwners: ['owner'], maxDeliveries: 3 }
    const rescued = (await Promise.all([one, two].map((store) => store.rescue(request)))).flat()
    expect(new Set(idsOf(rescued)).size).toBe(20)
    expect(rescued).toHaveLength(20)
    expect(await one.counts('main')).toMatchObject({ pending: 20, running: 0 })
    const toTally = async () =>
      expect(await two.tallies(NOW)).toMatchObject([{ leasesExpired: 20 }])
    await vi.waitFor(toTally, { timeout: 5000 })
  })

  test('of a settlement and a rescue at once one comes first, and only that one counts', async () => {
    const [one, two] = await openTogether(makeTogether)
    const request = { now: NOW, deadOwners: ['owner'], maxDeliveries: 99 }
    for (let round = 0; round < ROUNDS; round += 1) {
      const started = await startNew(one)
      const [[settled], rescued] = await Promise.all([
        one.settle([settlementOf(started)]),
        two.rescue(request),
      ])
      const isSettled = settled?.accepted === true
      expect(rescued).toHaveLength(isSettled ? 0 : 1)
      const [status] = await statusOf(two, started.id)
      expect(status).toBe(isSettled ? 'completed' : 'pending')
      await one.clear('main', ERROR, NOW)
    }
  })

  test('what is due moves once, though both look', async () => {
    const [one, two] = await openTogether(makeTogether)
    for (const store of [one, two]) await store.noteOutbox(['ready'])
    await one.insert(newTasklets(20, { status: 'scheduled', notBefore: NOW }))
    await one.insert(newTasklets(5, { expiresAt: NOW, queue: 'side' }))
    const advances = await Promise.all([one, two].map((store) => store.advance(NOW)))
    expect(advances.flatMap(({ changed }) => changed)).toHaveLength(5)
    expect(await one.counts()).toMatchObject({ pending: 20, scheduled: 0, failed: 5 })
    expect(await takeReady(two)).toHaveLength(25)
  })

  test('what both cancel at once is cancelled once', async () => {
    const [one, two] = await openTogether(makeTogether)
    for (let round = 0; round < ROUNDS; round += 1) {
      const given = newTasklet()
      await one.insert([given])
      const cancelled = [one, two].map((store) => store.cancel(given.id, ERROR, NOW))
      const outcomes = (await Promise.all(cancelled)).map(({ outcome }) => outcome)
      expect(outcomes.sort()).toEqual(['cancelled', 'settled'])
    }
    expect(await two.counts()).toMatchObject({ cancelled: ROUNDS, pending: 0 })
  })

  test('a settlement sees the wish to stop that came from the other', async () => {
    const [one, two] = await openTogether(makeTogether)
    const [running, completing] = [await startNew(one), await startNew(one)]
    await two.cancel(running.id, ERROR, NOW)
    await two.cancel(completing.id, ERROR, NOW)
    const retry = settlementOf(running, { status: 'retrying', notBefore: NOW + 5 })
    expect(await one.settle([retry])).toMatchObject([
      { accepted: true, tasklet: { status: 'cancelled', error: ERROR } },
    ])
    await one.settle([settlementOf(completing)])
    expect(await two.get(completing.id)).toMatchObject({
      status: 'completed',
      cancelRequested: 'enough',
    })
  })

  test('what both remove at once is counted once', async () => {
    const [one, two] = await openTogether(makeTogether)
    const given = newTasklets(10)
    await one.insert(given)
    await one.settle((await one.claim(claimOf())).map((started) => settlementOf(started)))
    const removed = await Promise.all([one, two].map((store) => store.remove(idsOf(given))))
    expect(removed.reduce((sum, count) => sum + count)).toBe(10)
    expect(await two.counts()).toMatchObject({ completed: 0 })
  })
}

function takeReady(store: Store) {
  const [kind, owner] = ['ready' as const, 'relay']
  return store.takeOutbox({ kind, owner, limit: 1000, now: NOW, until: NOW + 1 })
}
