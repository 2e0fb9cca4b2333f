import { describe, expect, test } from 'vitest'
import { cancelContract } from './store-contract/cancel.ts'
import { claimContract } from './store-contract/claim.ts'
import { claimIdsContract } from './store-contract/claim-ids.ts'
import { deadlineContract } from './store-contract/deadlines.ts'
import { dependencyContract } from './store-contract/dependency.ts'
import { factContract } from './store-contract/facts.ts'
import { holdContract } from './store-contract/holds.ts'
import { insertContract } from './store-contract/insert.ts'
import { lastDeliveryContract } from './store-contract/last-delivery.ts'
import { leaseContract } from './store-contract/lease.ts'
import { lifecycleContract } from './store-contract/lifecycle.ts'
import { listContract } from './store-contract/list.ts'
import { malformedContract } from './store-contract/malformed.ts'
import type { MakeStore, MakeTogether } from './store-contract/open.ts'
import { outboxContract } from './store-contract/outbox.ts'
import { passivationContract } from './store-contract/passivation.ts'
import { queueContract } from './store-contract/queue.ts'
import { selectionContract } from './store-contract/selection.ts'
import { settleContract } from './store-contract/settle.ts'
import { sharedWorkContract } from './store-contract/shared.ts'
import { sharedStateContract } from './store-contract/shared-state.ts'
import { stepContract } from './store-contract/steps.ts'
import { timeContract } from './store-contract/time.ts'
import { uniquenessContract } from './store-contract/uniqueness.ts'
import { upkeepContract } from './store-contract/upkeep.ts'
import { valueContract } from './store-contract/value.ts'

export interface StoreContractOptions {
  /**
   * Gives two stores over the same records, new and empty each time, not yet open. An engine that
   * keeps its records in one process has none, and lacks the capability `shared`.
   */
  readonly makeTogether?: MakeTogether | undefined
}

/**
 * Registers the tests that every store passes, with vitest. `makeStore` gives a new, empty store
 * each time, not yet open; the suite opens and closes it.
 */
export function storeContract(makeStore: MakeStore, options: StoreContractOptions = {}): void {
  describe('open and close', () => lifecycleContract(makeStore))
  describe('insert', () => insertContract(makeStore))
  describe('what could not be read', () => malformedContract(makeStore))
  describe('values', () => valueContract(makeStore))
  describe('claim', () => claimContract(makeStore))
  describe('claim by ids', () => claimIdsContract(makeStore))
  describe('settle', () => settleContract(makeStore))
  describe('leases', () => leaseContract(makeStore))
  describe('deadlines and interruptions', () => deadlineContract(makeStore))
  describe('passivation', () => passivationContract(makeStore))
  describe('last deliveries', () => lastDeliveryContract(makeStore))
  describe('times', () => timeContract(makeStore))
  describe('cancel', () => cancelContract(makeStore))
  describe('selection', () => selectionContract(makeStore))
  describe('dependencies', () => dependencyContract(makeStore))
  describe('duplicates and room', () => uniquenessContract(makeStore))
  describe('queues', () => queueContract(makeStore))
  describe('steps', () => stepContract(makeStore))
  describe('holds', () => holdContract(makeStore))
  describe('outbox', () => outboxContract(makeStore))
  describe('facts', () => factContract(makeStore))
  describe('upkeep', () => upkeepContract(makeStore))
  describe('get, list and counts', () => listContract(makeStore))
  const { makeTogether } = options
  test('a store says whether it is shared by processes', async () => {
    expect((await makeStore()).isShared).toBe(makeTogether !== undefined)
  })
  describe.skipIf(makeTogether === undefined)('shared by processes [capability: shared]', () => {
    const make = makeTogether ?? missing
    describe('work', () => sharedWorkContract(make))
    describe('state', () => sharedStateContract(make))
  })
}

function missing(): never {
  throw new Error('the store cannot be shared: give the suite makeTogether')
}
