import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { needsWorldAlone } from '../../../../src/runtime/grants/affinity.ts'
import { StateLeases } from '../../../../src/runtime/grants/state-leases.ts'
import { makeDelivery } from '../../../support/deliveries.ts'

const mayEnter = (leases: StateLeases, { tasklet, task }: Delivery) =>
  leases.mayEnter({ ...tasklet, alone: needsWorldAlone(task) })

const needing = (...requires: string[]) => makeDelivery({ requires })

describe('StateLeases', () => {
  it('let the first one in alone, until it has verified the state', () => {
    const leases = new StateLeases()
    const [first, second] = [needing('hot'), needing('hot')]
    expect(mayEnter(leases, first)).toBe(true)
    leases.enter(first)
    expect(leases.shared(first)).toBeUndefined()
    expect(mayEnter(leases, second)).toBe(false)
    leases.share(first, ['hot'], 0)
    expect(mayEnter(leases, second)).toBe(true)
  })

  it('keep those who need another state out until everybody has left', () => {
    const leases = new StateLeases()
    const [first, second, other] = [needing('hot'), needing('hot'), needing('cold')]
    leases.enter(first)
    leases.share(first, ['hot'], 0)
    leases.enter(second)
    leases.leave(first)
    expect(mayEnter(leases, other)).toBe(false)
    leases.leave(second)
    expect(mayEnter(leases, other)).toBe(true)
  })

  it('let in whoever is content with one of several states, or with an outer one', () => {
    const leases = new StateLeases()
    const first = needing('up.serving')
    leases.enter(first)
    leases.share(first, ['up.serving', 'lamp.on'], 0)
    expect(mayEnter(leases, needing('down', 'lamp.on'))).toBe(true)
    expect(mayEnter(leases, needing('up'))).toBe(true)
    expect(mayEnter(leases, needing('up.serving.fast'))).toBe(false)
  })

  it('do not concern those who require nothing, nor other plans', () => {
    const leases = new StateLeases()
    leases.enter(needing('hot'))
    expect(mayEnter(leases, needing())).toBe(true)
    expect(mayEnter(leases, makeDelivery({ plan: 'other', requires: ['cold'] }))).toBe(true)
    leases.enter(needing())
    leases.leave(needing())
    expect(mayEnter(leases, needing('cold'))).toBe(false)
  })

  it('take no word about the world from somebody who does not hold it', () => {
    const leases = new StateLeases()
    const [first, stranger] = [needing('hot'), needing('cold')]
    leases.enter(first)
    leases.share(stranger, ['cold'], 0)
    expect(mayEnter(leases, stranger)).toBe(false)
    expect(leases.shared(stranger)).toBeUndefined()
    leases.leave(stranger)
    expect(mayEnter(leases, stranger)).toBe(false)
  })
})
