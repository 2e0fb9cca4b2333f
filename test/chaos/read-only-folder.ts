import { spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'
import type { Figure } from './fault.ts'

const OPENER = fileURLToPath(new URL('./opener.ts', import.meta.url))
/** Permissions do not stop root, so the opener is somebody else. */
const NOBODY = 65_534

/** Opens a database in a folder that is read-only, and again when it is not any more. */
export async function openReadOnlyFolder(parent: string): Promise<readonly Figure[]> {
  const folder = join(parent, 'read-only')
  const file = join(folder, 'setpoint.db')
  mkdirSync(folder)
  chmodSync(parent, 0o755)
  const store = sqliteStore(file)
  await store.open()
  await store.close()
  setMode(folder, 0o555, 0o444)
  const opener = spawn(process.execPath, [OPENER, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface(opener.stdout)[Symbol.asyncIterator]()
  try {
    opener.stdin.write('open\n')
    const { value: refusal = '' } = await answers.next()
    setMode(folder, 0o755, 0o644)
    opener.stdin.end('open\n')
    const { value: answer = '' } = await answers.next()
    const isClear = refusal.startsWith('store_open: ') && refusal.includes(file)
    return [
      {
        name: 'read-only folder not refused clearly',
        value: isClear ? 0 : 1,
        expected: 0,
        details: [refusal],
      },
      {
        name: 'not opened when the folder is writable again',
        value: answer === 'opened' ? 0 : 1,
        expected: 0,
        details: [answer],
      },
    ]
  } finally {
    opener.kill('SIGKILL')
  }
}

function setMode(folder: string, ofFolder: number, ofFiles: number): void {
  const isRoot = process.getuid?.() === 0
  for (const name of readdirSync(folder)) {
    if (isRoot) chownSync(join(folder, name), NOBODY, NOBODY)
    chmodSync(join(folder, name), ofFiles)
  }
  if (isRoot) chownSync(folder, NOBODY, NOBODY)
  chmodSync(folder, ofFolder)
}
