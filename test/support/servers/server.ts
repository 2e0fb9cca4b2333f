import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** A server of our own: its own port, its own data folder, gone when it is closed. */
export interface OwnServer {
  readonly url: string
  /** Version, and the settings that decide about durability. */
  readonly description: string
  readonly port: number
  readonly pid: number | undefined
  /** On the same port, with the data that it had. Resolves when it takes connections. */
  start(): Promise<void>
  /** As its operator would. Resolves when it has ended. */
  stop(): Promise<void>
  /** At once (SIGKILL), as when its machine loses power. Resolves when it has ended. */
  kill(): Promise<void>
  /** Ends it and removes what it kept. */
  close(): Promise<void>
}

export interface ServerPlan {
  readonly url: string
  readonly description: string
  readonly port: number
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Unix user and group; those of this process unless given. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** A part of a line of its output that says that it takes connections. */
  readonly ready: string
  /** How the server is asked to end. */
  readonly endSignal: NodeJS.Signals
  /** Removes what it kept. */
  remove(): void
}

/** Runs it. Rejects, with its last lines, when it does not start; then nothing is left of it. */
export async function startServer(plan: ServerPlan): Promise<OwnServer> {
  const server = new Server(plan)
  try {
    await server.start()
    return server
  } catch (error) {
    await server.close()
    throw error
  }
}

const KEPT_LINES = 5

class Server implements OwnServer {
  readonly url: string
  readonly description: string
  readonly port: number
  readonly #plan: ServerPlan
  readonly #atExit = () => this.#signal('SIGKILL')
  #child: ChildProcess | undefined

  constructor(plan: ServerPlan) {
    this.#plan = plan
    this.url = plan.url
    this.description = plan.description
    this.port = plan.port
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<void> {
    const { command, args, user, env } = this.#plan
    // A group of its own, because some servers are started by scripts: signals go to all of it.
    this.#child = spawn(command, args, {
      ...user,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      detached: true,
    })
    process.once('exit', this.#atExit)
    await readiness(this.#child, this.#plan)
  }

  stop(): Promise<void> {
    return this.#end(this.#plan.endSignal)
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async close(): Promise<void> {
    await this.kill()
    this.#plan.remove()
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    process.off('exit', this.#atExit)
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    this.#signal(signal)
    await exit
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch (error) {
      // It has ended meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}

async function readiness(child: ChildProcess, { command, ready }: ServerPlan): Promise<void> {
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
