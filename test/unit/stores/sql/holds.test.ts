import { expect, onTestFinished, test, vi } from 'vitest'
import type { HoldRequest } from '../../../../src/ports/holds.ts'
import { Holds } from '../../../../src/stores/sql/holds.ts'
import { migrate } from '../../../../src/stores/sql/migrations.ts'
import type { SqlConnections } from '../../../../src/stores/sql/session.ts'
import { SqlStore } from '../../../../src/stores/sql/store.ts'
import { claimOf, LEASE, NOW, newTasklets } from '../../../../src/testing/store-contract/records.ts'
import { describeSqlEngines, type Open } from '../../../support/sql-connections.ts'

describeSqlEngines((newPlace) => {
  test('calls that wait together take one transaction', async () => {
    const { connections, ids } = await leased(await newPlace(), 40)
    const write = vi.spyOn(connections, 'write')
    const holds = new Holds(connections)
    const outcomes = await Promise.all(ids.map((id) => holds.hold(requestOf(id, 30))))
    expect(outcomes.filter(({ held }) => held)).toHaveLength(30)
    expect(write).toHaveBeenCalledOnce()
  })

  test('others hear of what is taken and given back, and not of what is refused', async () => {
    const { connections, ids } = await leased(await newPlace(), 2)
    const told = vi.spyOn(connections, 'told')
    const holds = new Holds(connections)
    const [one = '', other = ''] = ids
    await holds.hold(requestOf(one, 1))
    expect(told).toHaveBeenCalledTimes(1)
    expect(await holds.hold(requestOf(other, 1))).toMatchObject({ held: false })
    await expect(
      holds.revise({
        ...requestOf(one, 1),
        units: [{ pool: 'none', units: 1 }],
        states: undefined,
      }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
    expect(told).toHaveBeenCalledTimes(1)
    await holds.revise({ ...requestOf(one, 1), units: [], states: undefined })
    expect(told).toHaveBeenCalledTimes(2)
  })

  test('what is held under leases that have ended is deleted by those who hold next', async () => {
    const { connections, ids, store } = await leased(await newPlace(), 40)
    const holds = new Holds(connections)
    for (const id of ids) await holds.hold(requestOf(id, 40))
    await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 9 })
    const [again] = await store.claim(claimOf({ limit: 1, leaseUntil: NOW + 9 * LEASE }))
    const lease = { id: again?.id ?? '', token: 2 }
    expect(await holds.hold({ ...requestOf(lease.id, 1), lease })).toMatchObject({ held: true })
    const rows = await connections.read((session) => session.all('SELECT token FROM holds'))
    expect(rows).toEqual([{ token: 2 }])
  })

  test('a late call under an ended lease takes nothing from the next one', async () => {
    const { connections, ids, store } = await leased(await newPlace(), 1)
    const [id = ''] = ids
    const holds = new Holds(connections)
    await holds.hold(requestOf(id, 1))
    const late = new Holds(endingMeanwhile(connections, () => nextLease(store, holds)))
    await late.revise({ ...requestOf(id, 1), units: [], states: undefined })
    expect(await connections.read((session) => holds.all(session))).toMatchObject([
      { id, token: 2, units: [{ pool: 'other', units: 1 }] },
    ])
  })
})

function requestOf(id: string, capacity: number): HoldRequest {
  return { lease: { id, token: 1 }, units: [{ pool: 'kiln', units: 1, capacity }] }
}

/** So many tasklets, each under its first lease. */
async function leased(open: Open, count: number) {
  const connections = await open()
  await migrate(connections)
  const store = new SqlStore('store', open)
  await store.open()
  onTestFinished(() => store.close())
  await store.insert(newTasklets(count))
  const claimed = await store.claim(claimOf({ limit: count }))
  return { connections, store, ids: claimed.map(({ id }) => id) }
}

/** The tasklet is rescued and leased again, and holds something else. */
async function nextLease(store: SqlStore, holds: Holds): Promise<void> {
  await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 9 })
  const [again] = await store.claim(claimOf({ leaseUntil: NOW + 9 * LEASE }))
  const lease = { id: again?.id ?? '', token: 2 }
  await holds.hold({ lease, units: [{ pool: 'other', units: 1, capacity: 1 }] })
}

/** Something happens once, between the last look and the writing. */
function endingMeanwhile(connections: SqlConnections, happens: () => Promise<void>) {
  const write: SqlConnections['write'] = (work) =>
    connections.write((session) =>
      work({
        run: (sql, values) => session.run(sql, values),
        later: (sql, values) => session.later(sql, values),
        async all(sql, values) {
          const rows = await session.all(sql, values)
          if (sql.includes('AS beside')) await happens()
          return rows
        },
      }),
    )
  return { dialect: connections.dialect, write, told: () => undefined } as SqlConnections
}
