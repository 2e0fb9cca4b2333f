import { describe } from 'vitest'
import { deliveryContract } from './dispatch-contract/delivery.ts'
import { levelContract } from './dispatch-contract/levels.ts'
import { lifecycleContract } from './dispatch-contract/lifecycle.ts'
import type { MakeRoom } from './dispatch-contract/open.ts'
import { orderContract } from './dispatch-contract/order.ts'
import { outageContract, severedContract } from './dispatch-contract/outage.ts'

/** What an engine may lack, or a test cannot inflict on it. */
export type DispatchCapability = 'every-priority' | 'severable' | 'stoppable'

/**
 * Registers the tests that every dispatch passes, with vitest. `makeRoom` gives a new, empty broker
 * each time, or names that nobody else uses on one that is there.
 */
export function dispatchContract(
  makeRoom: MakeRoom,
  lacks: readonly DispatchCapability[] = [],
): void {
  describe('open and close', () => lifecycleContract(makeRoom))
  describe('order', () => orderContract(makeRoom))
  describe('delivery', () => deliveryContract(makeRoom))
  optional('every-priority', 'levels', levelContract)
  optional('severable', 'connections that die', severedContract)
  optional('stoppable', 'outages', outageContract)

  function optional(
    capability: DispatchCapability,
    title: string,
    contract: (makeRoom: MakeRoom) => void,
  ): void {
    const name = `${title} [capability: ${capability}]`
    describe.skipIf(lacks.includes(capability))(name, () => contract(makeRoom))
  }
}
