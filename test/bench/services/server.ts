import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  /** Unix user and group; those of this process unless given. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** A line of its output that says that it takes connections. */
  readonly ready: string
  /** How the server is asked to end; it must not outlive this process either. */
  readonly endSignal: NodeJS.Signals
}

const KEPT_LINES = 5

/** Resolves when the server is ready, with what ends it. Rejects with its last lines. */
export async function startServer(server: ServerCommand): Promise<() => Promise<void>> {
  const child = spawn(server.command, server.args, {
    ...server.user,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
  })
  const kill = () => void child.kill(server.endSignal)
  process.once('exit', kill)
  try {
    await readiness(child, server)
  } catch (error) {
    process.off('exit', kill)
    kill()
    throw error
  }
  return async () => {
    process.off('exit', kill)
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    kill()
    await exit
  }
}

async function readiness(child: ChildProcess, { command, ready }: ServerCommand): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const last: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue
    createInterface({ input }).on('line', (line) => {
      last.push(line)
      if (last.length > KEPT_LINES) last.shift()
      if (line.includes(ready)) resolve()
    })
  }
  child.once('error', reject)
  child.once('exit', (code) => {
    reject(new Error(`${command} ended with ${code}: ${last.join(' / ') || 'no output'}`))
  })
  await promise
}

/** A port of the loopback interface that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}
