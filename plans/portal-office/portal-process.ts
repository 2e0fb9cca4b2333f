import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open } from 'node:fs/promises'
import { setInterval } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Announcement } from './portal.ts'
import { isLocked, type PortalRun, type StateFiles } from './state-files.ts'

const PROGRAM = fileURLToPath(new URL('./portal.ts', import.meta.url))
/** Milliseconds between two looks at a process that is not our child. */
const LOOK_EVERY = 20

/**
 * Starts the portal as a process of its own, which outlives this one, and resolves when it answers.
 * Nothing is left of it when that fails or the signal aborts.
 */
export async function startProcess(files: StateFiles, signal: AbortSignal): Promise<PortalRun> {
  await mkdir(files.folder, { recursive: true })
  const log = await open(files.log, 'a')
  const portal = fork(PROGRAM, [files.folder], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  })
  try {
    const announcement = await firstWord(portal, signal)
    if ('ready' in announcement) return announcement.ready
    throw new Error(`the portal did not start: ${announcement.failed}`)
  } catch (error) {
    await kill(portal)
    throw error
  } finally {
    await log.close()
    portal.unref()
  }
}

async function firstWord(portal: ChildProcess, signal: AbortSignal): Promise<Announcement> {
  const heard = new AbortController()
  const listening = { signal: AbortSignal.any([signal, heard.signal]) }
  const ended = once(portal, 'exit', listening).then(([code, by]) => {
    throw new Error(`the portal ended while it started (${by ?? `exit code ${code}`})`)
  })
  try {
    const [announcement] = await Promise.race([once(portal, 'message', listening), ended])
    return announcement as Announcement
  } finally {
    heard.abort()
  }
}

async function kill(portal: ChildProcess): Promise<void> {
  const { pid, exitCode, signalCode } = portal
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  const ended = once(portal, 'exit')
  portal.kill('SIGKILL')
  await ended
}

/** Resolves when the portal's process has ended, whoever started it. */
export async function processEnd(files: StateFiles, signal: AbortSignal): Promise<void> {
  for await (const _ of setInterval(LOOK_EVERY, undefined, { signal })) {
    if (!isLocked(files)) return
  }
}
