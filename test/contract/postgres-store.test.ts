import { describe } from 'vitest'
import { storeContract } from '../../src/testing/store-contract.ts'
import { newPostgresStore, newPostgresStores } from '../support/databases.ts'
import { describeService } from '../support/services.ts'
import { storeModel } from '../support/store-model.ts'

describeService('postgres', () => {
  describe('the PostgreSQL store', () => {
    storeContract(newPostgresStore, { makeTogether: () => newPostgresStores() })
    // Fewer than elsewhere: each step asks a server ten times.
    storeModel(newPostgresStore, { runs: 20 })
  })
})
