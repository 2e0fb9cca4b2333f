// Keeps the write lock of a database from another process: `node lock-holder.ts FILE`. It says
// `locked` when it has it, and gives it up when its stdin ends.
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const db = new DatabaseSync(process.argv[2] ?? '', { timeout: 5000 })
db.exec('BEGIN IMMEDIATE')
writeSync(1, 'locked\n')
process.stdin.resume()
await once(process.stdin, 'end')
db.exec('ROLLBACK')
db.close()
