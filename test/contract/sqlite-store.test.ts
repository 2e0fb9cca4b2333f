import { describe } from 'vitest'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { newDatabaseFile } from '../support/database-file.ts'
import { storeModel } from '../support/store-model.ts'

describe('the SQLite store', () => {
  storeContract(() => sqliteStore(newDatabaseFile()), {
    makeTogether: () => {
      const file = newDatabaseFile()
      return [sqliteStore(file), sqliteStore(file)]
    },
  })
  storeModel(() => sqliteStore(newDatabaseFile(), { durability: 'relaxed' }))
})
