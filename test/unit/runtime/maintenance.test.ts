import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Tasklet } from '../../../src/core/tasklet.ts'
import type { LeaseRef, Renewal } from '../../../src/ports/store-messages.ts'
import { Maintenance } from '../../../src/runtime/maintenance.ts'
import { claimOf, newTasklet, tokenOf } from '../../../src/testing/store-contract/records.ts'
import { allDone, ManualClock } from '../../support/manual-clock.ts'
import { watchedStore } from '../../support/watched-store.ts'

const LEASE = 30_000

async function makeMaintenance() {
  const clock = new ManualClock()
  const watched = watchedStore()
  const { store, calls } = watched
  await store.open()
  const leases: LeaseRef[] = []
  const renewals: Renewal[] = []
  const rescued: Tasklet[] = []
  const expired: Tasklet[] = []
  const ready: (readonly string[] | undefined)[] = []
  const failures: string[] = []
  const maintenance = new Maintenance(
    store,
    clock,
    { lease: LEASE, maxDeliveries: 3 },
    {
      leases: () => leases,
      renewed: (renewal) => renewals.push(renewal),
      rescued: (tasklets) => rescued.push(...tasklets),
      expired: (tasklets) => expired.push(...tasklets),
      ready: (queues) => ready.push(queues),
      foreignChange: async () => {},
      failed: (operation, error) => failures.push(`${operation}: ${(error as Error).message}`),
    },
  )
  onTestFinished(() => maintenance.stop())
  /** Leases one new record for an owner. */
  const lease = async (owner: string): Promise<Tasklet> => {
    await store.insert([newTasklet()])
    const request = claimOf({ owner, now: clock.now(), leaseUntil: clock.now() + LEASE })
    const [claimed] = await store.claim(request)
    if (claimed === undefined) throw new Error('there was nothing to claim')
    return claimed
  }
  const own = async () => {
    const tasklet = await lease('us')
    leases.push({ id: tasklet.id, token: tokenOf(tasklet) })
    return tasklet
  }
  const seen = { renewals, rescued, expired, ready, failures }
  return { ...watched, ...seen, maintenance, clock, calls, lease, own }
}

describe('Maintenance', () => {
  it('asks the store once and then nothing more while nothing is due and nothing leased', async () => {
    const { maintenance, clock, calls } = await makeMaintenance()
    calls.length = 0
    maintenance.start()
    await clock.advance('1d')
    expect(calls).toEqual(['onForeignChange', 'nextDue'])
  })

  it('renews leases at a third of their time, and they never run out', async () => {
    const { maintenance, clock, calls, store, own, rescued } = await makeMaintenance()
    maintenance.start()
    const tasklet = await own()
    calls.length = 0
    await clock.advance(LEASE * 10)
    expect(calls.filter((call) => call === 'renew')).toHaveLength(30)
    expect(await store.get(tasklet.id)).toMatchObject({ status: 'running' })
    expect(rescued).toEqual([])
  })

  it('hands on which leases a renewal found lost', async () => {
    const { maintenance, clock, store, own, renewals } = await makeMaintenance()
    maintenance.start()
    const { id } = await own()
    await store.rescue({ now: clock.now() + LEASE, deadOwners: [], maxDeliveries: 3 })
    await clock.advance(LEASE / 3)
    expect(renewals).toEqual([{ lost: [id], cancelled: [] }])
  })

  it('hands on the wish to stop that came from elsewhere', async () => {
    const { maintenance, clock, store, own, renewals } = await makeMaintenance()
    maintenance.start()
    const { id } = await own()
    await store.cancel(id, { kind: 'cancelled', message: 'enough' }, clock.now())
    await clock.advance(LEASE / 3)
    expect(renewals).toEqual([{ lost: [], cancelled: [{ id, reason: 'enough' }] }])
  })

  it('takes a lease back when it has run out, not before', async () => {
    const { maintenance, clock, lease, rescued } = await makeMaintenance()
    const { id } = await lease('elsewhere/1/x')
    maintenance.start()
    await clock.advance(LEASE - 1)
    expect(rescued).toEqual([])
    await clock.advance(1)
    expect(rescued).toMatchObject([{ id, status: 'pending' }])
  })

  it('takes back at the start what dead processes of this host hold, and only that', async () => {
    const { maintenance, lease, rescued } = await makeMaintenance()
    const { pid } = spawnSync(process.execPath, ['--version'])
    const { id } = await lease(`${hostname()}/${pid}/x`)
    await lease(`${hostname()}/${process.pid}/x`)
    await lease('elsewhere/1/x')
    await maintenance.recover()
    expect(rescued).toMatchObject([{ id, status: 'pending' }])
  })

  it('makes work ready at its time, never before, and says in which queue', async () => {
    const { maintenance, clock, store, ready } = await makeMaintenance()
    const notBefore = clock.now() + 5000
    await store.insert([newTasklet({ status: 'scheduled', notBefore, queue: 'event' })])
    maintenance.start()
    await clock.advance(4999)
    expect(ready).toEqual([])
    await clock.advance(1)
    expect(ready).toEqual([['event']])
  })

  it('wakes for what is due earlier than anything it knew of', async () => {
    const { maintenance, clock, store, ready, calls } = await makeMaintenance()
    const at = (ms: number) => newTasklet({ status: 'scheduled', notBefore: clock.now() + ms })
    await store.insert([at(60_000)])
    maintenance.start()
    await allDone()
    await store.insert([at(1000)])
    maintenance.expect(clock.now() + 1000)
    maintenance.expect(clock.now() + 2000)
    calls.length = 0
    await clock.advance(1000)
    expect(ready).toEqual([['main']])
    await clock.advance(58_999)
    expect(calls.filter((call) => call === 'advance')).toHaveLength(1)
    await clock.advance(1)
    expect(ready).toEqual([['main'], ['main']])
  })

  it('fails what has expired in its queue, at its time, and says so', async () => {
    const { maintenance, clock, store, expired, ready } = await makeMaintenance()
    const expiring = newTasklet({ expiresAt: clock.now() + 5000 })
    await store.insert([expiring])
    maintenance.start()
    await clock.advance(4999)
    expect(expired).toEqual([])
    await clock.advance(1)
    expect(expired).toMatchObject([
      { id: expiring.id, status: 'failed', error: { kind: 'expired' } },
    ])
    expect(ready).toEqual([])
  })

  it('reports a store that fails, and tries again', async () => {
    const { maintenance, clock, store, ready, failures, fail } = await makeMaintenance()
    const notBefore = clock.now() + 1000
    await store.insert([newTasklet({ status: 'scheduled', notBefore })])
    maintenance.start()
    await allDone()
    fail('advance', 2)
    await clock.advance(1000)
    expect(failures).toEqual(['due: the store failed to advance'])
    await clock.advance(LEASE)
    expect(failures).toHaveLength(2)
    expect(ready).toEqual([['main']])
  })

  it('renews its own leases after an outage that outlasted them, and takes none of them back', async () => {
    const { maintenance, clock, store, own, rescued, fail } = await makeMaintenance()
    maintenance.start()
    const { id } = await own()
    maintenance.expect(clock.now() + LEASE)
    await clock.advance(LEASE / 3)
    for (const method of ['renew', 'advance', 'rescue', 'nextDue'] as const) fail(method, 1000)
    await clock.advance(LEASE * 2)
    for (const method of ['renew', 'advance', 'rescue', 'nextDue'] as const) fail(method, 0)
    await clock.advance(LEASE * 2)
    expect(rescued).toEqual([])
    expect(await store.get(id)).toMatchObject({ status: 'running', deliveries: 1 })
  })

  it('gives others a heartbeat to renew theirs after an outage, and does what is due meanwhile', async () => {
    const { maintenance, clock, store, lease, rescued, ready, fail } = await makeMaintenance()
    const [alive, dead] = [await lease('elsewhere/1/x'), await lease('elsewhere/2/x')]
    maintenance.start()
    await allDone()
    fail('advance', 2)
    await clock.advance(LEASE + 9999)
    expect(rescued).toEqual([])
    await clock.advance(1)
    const notBefore = clock.now() + 2000
    await store.insert([newTasklet({ status: 'scheduled', notBefore })])
    const until = clock.now() + LEASE
    await store.renew([{ id: alive.id, token: tokenOf(alive) }], until)
    await clock.advance(3000)
    expect(ready).toEqual([['main']])
    expect(rescued).toEqual([])
    await clock.advance(LEASE / 3)
    expect(rescued.map(({ id }) => id)).toEqual([dead.id])
  })

  it('leaves no timer behind', async () => {
    const { maintenance, clock, store, own } = await makeMaintenance()
    await store.insert([newTasklet({ status: 'scheduled', notBefore: clock.now() + 1000 })])
    await own()
    maintenance.start()
    await clock.advance(500)
    maintenance.stop()
    await allDone()
    maintenance.expect(clock.now() + 1)
    expect(clock.pending).toBe(0)
  })
})
