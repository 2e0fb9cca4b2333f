import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { setInterval } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Announcement } from './server.ts'
import { isLocked, type ServerRun, type StateFiles } from './state-files.ts'

const PROGRAM = fileURLToPath(new URL('./server.ts', import.meta.url))
/** Milliseconds between two looks at a process that is not our child. */
const LOOK_EVERY = 20

/**
 * Starts the server as a process of its own, which outlives this one, and resolves when it serves.
 * Nothing is left of it when that fails or the signal aborts.
 */
export async function startProcess(
  files: StateFiles,
  port: string,
  signal: AbortSignal,
): Promise<ServerRun> {
  await mkdir(files.folder, { recursive: true })
  const log = await open(files.log, 'a')
  const server = fork(PROGRAM, [files.folder, port], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  })
  try {
    const announcement = await firstWord(server, signal)
    if ('ready' in announcement) return announcement.ready
    throw new Error(`the server did not start: ${announcement.failed}`)
  } catch (error) {
    await kill(server)
    throw error
  } finally {
    await log.close()
    server.unref()
  }
}

async function firstWord(server: ChildProcess, signal: AbortSignal): Promise<Announcement> {
  const heard = new AbortController()
  const listening = { signal: AbortSignal.any([signal, heard.signal]) }
  const ended = once(server, 'exit', listening).then(([code, by]) => {
    throw new Error(`the server ended while it started (${by ?? `exit code ${code}`})`)
  })
  try {
    const [announcement] = await Promise.race([once(server, 'message', listening), ended])
    return announcement as Announcement
  } finally {
    heard.abort()
  }
}

async function kill(server: ChildProcess): Promise<void> {
  const { pid, exitCode, signalCode } = server
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}

/** Resolves when the server's process has ended, whoever started it. */
export async function processEnd(files: StateFiles, signal: AbortSignal): Promise<void> {
  for await (const _ of setInterval(LOOK_EVERY, undefined, { signal })) {
    if (!isLocked(files)) return
  }
}
