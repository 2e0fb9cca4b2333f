import { describe } from 'vitest'
import { cancelContract } from './store-contract/cancel.ts'
import { claimContract } from './store-contract/claim.ts'
import { deadlineContract } from './store-contract/deadlines.ts'
import { dependencyContract } from './store-contract/dependency.ts'
import { factContract } from './store-contract/facts.ts'
import { insertContract } from './store-contract/insert.ts'
import { lastDeliveryContract } from './store-contract/last-delivery.ts'
import { leaseContract } from './store-contract/lease.ts'
import { lifecycleContract } from './store-contract/lifecycle.ts'
import { listContract } from './store-contract/list.ts'
import type { MakeStore } from './store-contract/open.ts'
import { passivationContract } from './store-contract/passivation.ts'
import { queueContract } from './store-contract/queue.ts'
import { selectionContract } from './store-contract/selection.ts'
import { settleContract } from './store-contract/settle.ts'
import { stepContract } from './store-contract/steps.ts'
import { timeContract } from './store-contract/time.ts'
import { uniquenessContract } from './store-contract/uniqueness.ts'
import { upkeepContract } from './store-contract/upkeep.ts'
import { valueContract } from './store-contract/value.ts'

/**
 * Registers the tests that every store passes, with vitest. `makeStore` gives a new, empty store
 * each time, not yet open; the suite opens and closes it.
 */
export function storeContract(makeStore: MakeStore): void {
  describe('open and close', () => lifecycleContract(makeStore))
  describe('insert', () => insertContract(makeStore))
  describe('values', () => valueContract(makeStore))
  describe('claim', () => claimContract(makeStore))
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
  describe('facts', () => factContract(makeStore))
  describe('upkeep', () => upkeepContract(makeStore))
  describe('get, list and counts', () => listContract(makeStore))
}
