// Opens a store as a user who is not root: `node opener.ts FILE`. For each line on its stdin it
// tries once, with the same store, and says `opened` or the message of the error.
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { StoreError } from '../../src/core/errors.ts'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'

/** Permissions do not stop root. */
const NOBODY = 65_534

const store = sqliteStore(process.argv[2] ?? '')
if (process.getuid?.() === 0) {
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}
for await (const _ of createInterface(process.stdin)) {
  try {
    await store.open()
    await store.close()
    writeSync(1, 'opened\n')
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    writeSync(1, `${error.code}: ${error.message}\n`)
  }
}
