// The portal's process: `node portal.ts FOLDER`. Started with an IPC channel, it says there when it
// is ready or why it failed, and then lets go of whoever started it.
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import type { Server } from 'node:http'
import { Books } from './books.ts'
import { createSite } from './site.ts'
import {
  type Account,
  holdLock,
  type PortalRun,
  readState,
  removeState,
  type StateFiles,
  stateFiles,
  writeState,
} from './state-files.ts'

/** What the portal tells whoever started it. */
export type Announcement = { readonly ready: PortalRun } | { readonly failed: string }

const HOST = '127.0.0.1'
/** Milliseconds that the portal thinks before it hands out a piece of a statement. */
const PACE = 200
/** Milliseconds that requests under way have to end when the portal is told to stop. */
const STOP_GRACE = 2000

const [folder] = process.argv.slice(2)
process.once('disconnect', abandon)
if (process.send !== undefined && !process.connected) abandon()
try {
  await announce({ ready: await start(stateFiles(folder)) })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  await announce({ failed: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}

/** Until it has announced itself nobody else can know of this process: it must not stay behind. */
function abandon(): never {
  process.stderr.write('whoever started this portal has ended before it was ready\n')
  process.exit(1)
}

async function start(files: StateFiles): Promise<PortalRun> {
  await mkdir(files.folder, { recursive: true })
  const lock = holdLock(files)
  process.once('exit', () => lock.close())
  const runId = randomUUID()
  const stop = () => void end(server, files)
  const pace = Number(process.env['SETPOINT_PORTAL_OFFICE_PACE'] ?? PACE)
  const server = createSite({
    account: ownAccount(files),
    books: new Books(files),
    runId,
    pace,
    stop,
  })
  const port = Number(process.env['SETPOINT_PORTAL_OFFICE_PORT'] ?? 0)
  await once(server.listen(port, HOST), 'listening')
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  const run = { runId, pid: process.pid, port: portOf(server) }
  writeState(files.run, run)
  return run
}

/** No password stands in the code: the portal makes one up at its first start. */
function ownAccount(files: StateFiles): Account {
  const known = readState<Account>(files.account)
  if (known !== undefined) return known
  const account = { name: 'robot', password: randomBytes(12).toString('base64url') }
  writeState(files.account, account)
  return account
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function end(server: Server, files: StateFiles): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  setTimeout(() => server.closeAllConnections(), STOP_GRACE).unref()
  await closed
  removeState(files.run)
}

function announce(announcement: Announcement): Promise<void> {
  process.off('disconnect', abandon)
  const { promise, resolve } = Promise.withResolvers<void>()
  // Whoever started it may be gone by now; then nobody is left to be told.
  if (process.send !== undefined) process.send(announcement, () => resolve())
  else process.stdout.write(`${JSON.stringify(announcement)}\n`, () => resolve())
  return promise.then(() => {
    if (process.connected) process.disconnect()
  })
}
