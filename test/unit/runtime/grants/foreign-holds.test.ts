import { describe, expect, it } from 'vitest'
import type { Hold } from '../../../../src/ports/holds.ts'
import { ForeignHolds } from '../../../../src/runtime/grants/foreign-holds.ts'
import { type GrantLimits, Grants } from '../../../../src/runtime/grants/grants.ts'
import { NOW } from '../../../../src/testing/store-contract/records.ts'
import { makeDelivery } from '../../../support/deliveries.ts'

const limits: GrantLimits = {
  slots: () => 9,
  pool: (_, resource) => ({ key: resource, capacity: 4 }),
  transitionUnits: () => ({}),
  hasExclusive: () => false,
  now: () => NOW,
  believed: () => undefined,
  maxAffinityWait: 30_000,
}

function holdOf(changes: Partial<Hold> = {}): Hold {
  const owner = 'host/7/abc'
  return { id: 'far', token: 1, owner, until: NOW, units: [], world: undefined, ...changes }
}

const hot = { plan: 'plan', shape: undefined, states: ['hot'] }

describe('What other processes hold', () => {
  it('counts as if it were held here, and names who holds it', () => {
    const foreign = new ForeignHolds()
    const grants = new Grants(limits, () => {}, foreign)
    const wanting = (gpu: number) => makeDelivery({}, { resources: { gpu } })
    foreign.replace([holdOf({ units: [{ pool: 'gpu', units: 3 }] })])
    expect(grants.request(wanting(2))).toBe(false)
    expect(grants.request(wanting(1))).toBe(true)
    expect(grants.explain(wanting(1))).toMatchObject([
      { code: 'resource', holder: expect.any(String) },
    ])
    expect(grants.explain(wanting(1))[0]?.message).toContain(
      'far (on host host, process 7, leased until',
    )
  })

  it('lets others join a world where it is verified, and nobody where it is not', () => {
    const foreign = new ForeignHolds()
    const grants = new Grants(limits, () => {}, foreign)
    foreign.replace([holdOf({ world: { ...hot, states: undefined } })])
    const one = makeDelivery({ requires: ['hot'] })
    expect(grants.request(one)).toBe(false)
    foreign.replace([holdOf({ world: hot })])
    grants.reconsider()
    expect(one.granted).toBe(true)
    expect(grants.shared(one)).toEqual(['hot'])
    expect(grants.request(makeDelivery({ requires: ['cold'] }))).toBe(false)
    expect(grants.request(makeDelivery({}, { disturbs: true }))).toBe(false)
  })

  it('is told apart from what was known before, but for the ends of leases', () => {
    const foreign = new ForeignHolds()
    expect(foreign.replace([holdOf()])).toBe(true)
    expect(foreign.replace([holdOf({ until: NOW + 1 })])).toBe(false)
    expect(foreign.firstEnd).toBe(NOW + 1)
    expect(foreign.replace([holdOf({ token: 2 })])).toBe(true)
    expect(foreign.replace([holdOf({ token: 2, world: hot })])).toBe(true)
    expect(foreign.plans).toEqual(['plan'])
    expect(foreign.replace([])).toBe(true)
    expect(foreign.hasOthers).toBe(false)
  })

  it('is kept apart from what of our own is in the way in the store', () => {
    const foreign = new ForeignHolds()
    foreign.block(holdOf({ id: 'own', units: [{ pool: 'gpu', units: 2 }] }))
    foreign.add([holdOf({ units: [{ pool: 'gpu', units: 1 }] })])
    expect(foreign.units('gpu')).toBe(3)
    foreign.replace([])
    expect([foreign.units('gpu'), foreign.hasOthers]).toEqual([2, false])
    expect([foreign.unblock('own'), foreign.unblock('own')]).toEqual([true, false])
    expect(foreign.units('gpu')).toBe(0)
  })
})
