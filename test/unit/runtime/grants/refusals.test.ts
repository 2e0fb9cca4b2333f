import { describe, expect, it } from 'vitest'
import { type GrantLimits, Grants } from '../../../../src/runtime/grants/grants.ts'
import { NOW } from '../../../../src/testing/store-contract/records.ts'
import { makeDelivery } from '../../../support/deliveries.ts'

const CAPACITY: Record<string, number> = { gpu: 1, vram: 8 }

function makeGrants(slots = 3) {
  const limits: GrantLimits = {
    slots: () => slots,
    pool: (_, resource) => ({ key: resource, capacity: CAPACITY[resource] ?? 0 }),
    transitionUnits: () => ({}),
    hasExclusive: () => false,
    now: () => NOW,
    believed: () => undefined,
    maxAffinityWait: 30_000,
  }
  return new Grants(limits, () => {})
}

const using = (resources: Record<string, number>) => makeDelivery({}, { resources })

describe('What refuses a grant', () => {
  it('has nothing to say where nothing is in the way', () => {
    expect(makeGrants().explain(using({ gpu: 1 }))).toEqual([])
  })

  it('names everything that is in the way, and who', () => {
    const grants = makeGrants(1)
    const holder = makeDelivery({ requires: ['cold'] }, { resources: { gpu: 1 } })
    grants.request(holder)
    const refused = makeDelivery({ requires: ['hot'] }, { resources: { gpu: 1 } })
    const { id } = holder.tasklet
    expect(grants.explain(refused)).toEqual([
      { code: 'no-room', message: 'all 1 slots of queue "main" are taken' },
      {
        code: 'resource',
        message: `needs 1 of resource "gpu", and 0 of 1 are free: held by ${id}`,
        holder: id,
        until: undefined,
      },
      {
        code: 'state',
        message: `needs the world in hot, and ${id} is moving it`,
        holder: id,
        until: undefined,
      },
    ])
    grants.share(holder, ['cold'])
    expect(grants.explain(refused).at(-1)?.message).toContain(`it is held in cold by ${id}`)
  })

  it('points to the holder whose time limit is the first to end', () => {
    const grants = makeGrants()
    const [late, early] = [using({ vram: 4 }), using({ vram: 4 })]
    for (const holder of [late, early]) grants.request(holder)
    late.deadline = { at: 2000, fn: undefined }
    early.deadline = { at: 1000, fn: undefined }
    expect(grants.explain(using({ vram: 1 }))).toMatchObject([
      { code: 'resource', holder: early.tasklet.id, until: 1000 },
    ])
  })
})
