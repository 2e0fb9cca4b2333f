import { describe } from 'vitest'
import { memoryStore } from '../../src/stores/memory/store.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { storeModel } from '../support/store-model.ts'

describe('the memory store', () => {
  storeContract(memoryStore)
  storeModel(memoryStore)
})
