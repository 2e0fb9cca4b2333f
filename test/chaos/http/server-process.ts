import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ServingSettings {
  readonly folder: string
  readonly plan: 'junk' | 'chaos'
  /** The most that its main queue holds. */
  readonly queueSize: number
  /** What `serve` is given besides, as JSON. */
  readonly serve?: Readonly<Record<string, unknown>>
}

const PROCESS = fileURLToPath(new URL('./serving.ts', import.meta.url))
const KEPT_TEXT = 20_000

/** A server under test. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | string>
  #complaint = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = once(child, 'exit').then(([code, signal]) => code ?? signal)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-KEPT_TEXT)
    })
  }

  /** Resolves when it listens. @throws when it ends instead. */
  static async start(settings: ServingSettings): Promise<{ server: ServerProcess; port: number }> {
    const child = spawn(process.execPath, [PROCESS, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const server = new ServerProcess(child)
    const lines = createInterface(child.stdout)
    const heard = once(lines, 'line').then(([line]) => JSON.parse(line) as { port: number })
    const ended = server.#ended.then((how) => {
      throw new Error(`the server ended (${how}): ${server.complaint}`)
    })
    ended.catch(() => {})
    const { port } = await Promise.race([heard, ended])
    return { server, port }
  }

  /** What it wrote to stderr, the end of it. */
  get complaint(): string {
    return this.#complaint
  }

  /** Undefined while it lives, else how it ended. */
  get ending(): number | string | undefined {
    return this.#child.exitCode ?? this.#child.signalCode ?? undefined
  }

  /** Lets it stop in good order; how it ended. */
  stop(): Promise<number | string> {
    this.#child.stdin?.end()
    return this.#ended
  }

  /** Whatever becomes of a case, its processes end. */
  dispose(): void {
    this.#child.kill('SIGKILL')
  }
}
