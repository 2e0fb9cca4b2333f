import { describe, expect, it } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { Deliveries } from '../../../../src/runtime/deliveries/deliveries.ts'
import type { Stages } from '../../../../src/runtime/deliveries/stages.ts'
import { Versions } from '../../../../src/runtime/plans/versions.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'

/** A process that has claimed the tasklet `id` under the given token; `stopped` says why it ends. */
function claimed(token: number) {
  const stopped: string[] = []
  const nothing = () => {}
  const stages = {
    acquire: nothing,
    stop: (_: unknown, { kind }: { kind: string }) => stopped.push(kind),
  }
  const deliveries = new Deliveries(new Versions([]), stages as unknown as Stages, nothing)
  const lease = { owner: 'owner', token, until: 0 }
  const tasklet = newTasklet({ id: 'id', status: 'running', lease })
  deliveries.adopt([tasklet], createActor(createMachine({})).start())
  return { deliveries, stopped }
}

describe('the answer to a renewal', () => {
  it('stops a delivery whose lease was lost, and one that is not wanted any more', () => {
    const { deliveries, stopped } = claimed(2)
    const leases = [{ id: 'id', token: 2 }]
    deliveries.renewed({ lost: ['id'], cancelled: [] }, leases)
    deliveries.renewed({ lost: [], cancelled: [{ id: 'id', reason: 'enough' }] }, leases)
    expect(stopped).toEqual(['lease-lost', 'cancelled'])
  })

  it('does not concern a tasklet that has ended meanwhile and come back under another token', () => {
    const { deliveries, stopped } = claimed(3)
    const leases = [{ id: 'id', token: 2 }]
    deliveries.renewed({ lost: ['id'], cancelled: [{ id: 'id', reason: 'enough' }] }, leases)
    expect(stopped).toEqual([])
  })
})
