import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The path of a database that does not exist yet; its folder goes when the test is over. */
export function newDatabaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'setpoint.db')
}
