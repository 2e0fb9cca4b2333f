// A process of its own on a database file: `node store-process.ts insert|claim FILE`. It prints, one
// a line, the ids that the store has acknowledged. Whoever started it ends it, or it ends by itself
// when there is nothing left to claim.
import { writeSync } from 'node:fs'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'
import {
  claimOf,
  idsOf,
  newTasklet,
  settlementOf,
} from '../../src/testing/store-contract/records.ts'

const [job, file = ''] = process.argv.slice(2)
const store = sqliteStore(file)
await store.open()
if (job === 'insert') await insertForEver()
else await claimAll()
await store.close()

async function insertForEver(): Promise<never> {
  for (let at = 0; ; at += 5) {
    const batch = [0, 1, 2, 3, 4].map((index) => newTasklet({ id: `${process.pid}-${at + index}` }))
    await store.insert(batch)
    acknowledge(idsOf(batch))
  }
}

async function claimAll(): Promise<void> {
  const request = claimOf({ owner: String(process.pid), limit: 7 })
  for (let more = true; more; ) {
    const claimed = await store.claim(request)
    await store.settle(claimed.map((tasklet) => settlementOf(tasklet)))
    acknowledge(idsOf(claimed))
    more = claimed.length > 0
  }
}

/** Written at once, so that a kill cannot take back what was said. */
function acknowledge(ids: readonly string[]): void {
  if (ids.length > 0) writeSync(1, `${ids.join('\n')}\n`)
}
