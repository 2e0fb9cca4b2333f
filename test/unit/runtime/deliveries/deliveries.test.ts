import { describe, expect, it } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { Deliveries } from '../../../../src/runtime/deliveries/deliveries.ts'
import type { Stages } from '../../../../src/runtime/deliveries/stages.ts'
import type { PassivatedRuns } from '../../../../src/runtime/plans/passivated-runs.ts'
import { Versions } from '../../../../src/runtime/plans/versions.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { planOf } from '../../../support/runtimes.ts'

/** A process that has claimed the tasklet `id` under the given token; `stopped` says why it ends. */
function claimed(token: number) {
  const stopped: string[] = []
  const nothing = () => {}
  const stages = {
    acquire: nothing,
    stop: (_: unknown, { kind }: { kind: string }) => stopped.push(kind),
  }
  const versions = new Versions([])
  const deliveries = new Deliveries({
    versions,
    passivated: { versionOf: nothing } as unknown as PassivatedRuns,
    stages: stages as unknown as Stages,
    released: nothing,
  })
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

describe('what waits for its grant while its plan is loaded again', () => {
  it.each([
    ['starts with the new version', false],
    ['goes on with its own version if it was passivated', true],
  ])('%s', (_, isPassivated) => {
    const [one, two] = [planOf({ work: () => 1 }), planOf({ work: () => 2 })]
    const versions = new Versions([one])
    const stages = { acquire: () => {} } as unknown as Stages
    const runs = { versionOf: () => (isPassivated ? one : undefined) }
    const passivated = runs as unknown as PassivatedRuns
    const deliveries = new Deliveries({ versions, passivated, stages, released: () => {} })
    const tasklet = newTasklet({ id: 'id', plan: 'plan', task: 'work', status: 'running' })
    deliveries.adopt([tasklet], createActor(createMachine({})).start())
    versions.replace(two)
    deliveries.rebind('plan')
    expect(deliveries.get('id')?.plan).toBe(isPassivated ? one : two)
  })
})
