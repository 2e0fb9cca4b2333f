import { expect, test } from 'vitest'
import type { Store } from '../../../../src/ports/store.ts'
import type { ClaimRequest } from '../../../../src/ports/store-messages.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { openNew } from '../../../../src/testing/store-contract/open.ts'
import { claimOf, NOW, newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { newMysqlStore, newPostgresStore } from '../../../support/databases.ts'
import { describeService } from '../../../support/services.ts'

const ENGINES = [
  ['postgres', newPostgresStore],
  ['mysql', newMysqlStore],
] as const

const AGEING = { every: 10, step: 100, floor: 0 }

/** What so many claims lease, one after the other. */
async function claims(store: Store, requests: readonly ClaimRequest[]) {
  const claimed: string[][] = []
  for (const request of requests) claimed.push((await store.claim(request)).map(({ id }) => id))
  return claimed
}

for (const [service, newStore] of ENGINES) {
  describeService(service, () => {
    test.for([{}, { ageing: AGEING }, { groupLimits: { 'plan/task': 7 } }])(
      'claims that look into many lanes lease what the reference does: %o',
      async (options) => {
        const [store, reference] = [await openNew(newStore), await openNew(memoryStore)]
        // One group has far more than its share, and others hardly anything.
        const given = Array.from({ length: 150 }, (_, index) =>
          newTasklet({
            group: index % 3 === 0 ? 'large' : `group ${index % 37}`,
            task: index % 11 === 0 ? 'other' : 'task',
            priority: index % 7 === 0 ? 100 : 500,
            updatedAt: NOW - (index % 5) * 10,
          }),
        )
        for (const one of [store, reference]) await one.insert(given)
        const requests = [40, 1, 60, 100].map((limit) => claimOf({ limit, ...options }))
        expect(await claims(store, requests)).toEqual(await claims(reference, requests))
      },
    )
  })
}
