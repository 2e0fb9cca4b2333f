import { describe } from 'vitest'
import { groupContract } from './topics-contract/groups.ts'
import { topicsLifecycleContract } from './topics-contract/lifecycle.ts'
import type { MakeTopicsRoom } from './topics-contract/open.ts'
import { subjectContract } from './topics-contract/order.ts'
import { severedTopicsContract, topicsOutageContract } from './topics-contract/outage.ts'
import { patternContract } from './topics-contract/patterns.ts'

/** What an engine may lack, or a test cannot inflict on it. */
export type TopicsCapability = 'severable' | 'stoppable'

/**
 * Registers the tests that all topics pass, with vitest. `makeRoom` gives a new, empty broker each
 * time, or names that nobody else uses on one that is there.
 */
export function topicsContract(
  makeRoom: MakeTopicsRoom,
  lacks: readonly TopicsCapability[] = [],
): void {
  describe('open and close', () => topicsLifecycleContract(makeRoom))
  describe('groups', () => groupContract(makeRoom))
  describe('order', () => subjectContract(makeRoom))
  describe('patterns', () => patternContract(makeRoom))
  optional('severable', 'connections that die', severedTopicsContract)
  optional('stoppable', 'outages', topicsOutageContract)

  function optional(
    capability: TopicsCapability,
    title: string,
    contract: (makeRoom: MakeTopicsRoom) => void,
  ): void {
    const name = `${title} [capability: ${capability}]`
    describe.skipIf(lacks.includes(capability))(name, () => contract(makeRoom))
  }
}
