import { describe } from 'vitest'
import { storeContract } from '../../src/testing/store-contract.ts'
import { newMysqlStore, newMysqlStores } from '../support/databases.ts'
import { describeService } from '../support/services.ts'
import { storeModel } from '../support/store-model.ts'

describeService('mysql', () => {
  describe('the MySQL store', () => {
    storeContract(newMysqlStore, { makeTogether: () => newMysqlStores() })
    // Fewer than elsewhere: each step asks a server ten times.
    storeModel(newMysqlStore, { runs: 20 })
  })
})
