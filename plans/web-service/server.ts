// The server's process: `node server.ts FOLDER [PORT]`. Started with an IPC channel, it says there
// when it is ready or why it failed, and then lets go of whoever started it.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { Items } from './items.ts'
import { createService } from './service.ts'
import { holdLock, type ServerRun, type StateFiles, stateFiles, writeRun } from './state-files.ts'

/** What the server tells whoever started it. */
export type Announcement = { readonly ready: ServerRun } | { readonly failed: string }

const HOST = '127.0.0.1'
/** Milliseconds that requests under way have to end when the server is told to stop. */
const STOP_GRACE = 5000

const [folder, port = '0'] = process.argv.slice(2)
process.once('disconnect', abandon)
if (process.send !== undefined && !process.connected) abandon()
try {
  await announce({ ready: await start(stateFiles(folder), Number(port)) })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  await announce({ failed: error instanceof Error ? error.message : String(error) })
  process.exit(1)
}

/** Until it has announced itself nobody else can know of this process: it must not stay behind. */
function abandon(): never {
  process.stderr.write('whoever started this server has ended before it was ready\n')
  process.exit(1)
}

async function start(files: StateFiles, port: number): Promise<ServerRun> {
  await mkdir(files.folder, { recursive: true })
  const lock = holdLock(files)
  process.once('exit', () => lock.close())
  const items = new Items(files.items)
  const runId = randomUUID()
  const stop = () => void end(server, items, files)
  const server = createService({ items, runId, stop })
  await listen(server, port)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
  const run = { runId, pid: process.pid, port: portOf(server), startedAt: new Date().toISOString() }
  await writeRun(files, run)
  return run
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await once(server.listen(port, HOST), 'listening')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new Error(`port ${port} of ${HOST} is in use by another process`, { cause: error })
  }
}

async function end(server: Server, items: Items, files: StateFiles): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  setTimeout(() => server.closeAllConnections(), STOP_GRACE).unref()
  await closed
  items.close()
  await rm(files.run)
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
