import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))

export interface MemberOptions {
  /** How it is called in messages. */
  readonly name: string
  readonly folder: string
  /** What of the command line. */
  readonly args: readonly string[]
  /** A part of its output that says that it is there. */
  readonly ready: RegExp
}

/** One process of the cluster, started by the command line as a user would. */
export class Member {
  readonly name: string
  readonly #child: ChildProcess
  readonly #ready: Promise<string>
  #errors = ''

  constructor({ name, folder, args, ready }: MemberOptions) {
    this.name = name
    this.#child = spawn(process.execPath, [BIN, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#ready = this.#find(ready)
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4000)
    })
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** What it wrote to stderr, its end. */
  get log(): string {
    return this.#errors
  }

  /** What it said when it was there. @throws when it ends before. */
  ready(): Promise<string> {
    return this.#ready
  }

  /** As its operator would; resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      return this.#child.exitCode
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
    return this.#child.exitCode
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #find(ready: RegExp): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    let seen = ''
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen += text
      const found = ready.exec(seen)
      if (found !== null) resolve(found[0])
    })
    this.#child.once('exit', (code, signal) => {
      reject(new Error(`${this.name} ended (${code ?? signal}): ${this.#errors}`))
    })
    // Whoever waits hears of it; a member that ends later is no rejection of anybody.
    promise.catch(() => {})
    return promise
  }
}
