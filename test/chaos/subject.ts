import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WorkerSettings } from './worker-settings.ts'

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url))
/** Milliseconds after which a process that says nothing new counts as stuck. */
const PATIENCE = 60_000

interface Message {
  readonly run: string
  readonly pid: number
  readonly said: string
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process under test: what it says, and its end. */
export class Subject {
  readonly #settings: WorkerSettings
  readonly #child: ChildProcess
  readonly #said = new Set<string>()
  readonly #listeners = new Set<() => void>()
  readonly #errors: string[] = []
  /** Resolves when the process is gone. */
  readonly ended: Promise<Ending>

  constructor(settings: WorkerSettings) {
    this.#settings = settings
    this.#child = spawn(process.execPath, [WORKER, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.ended = once(this.#child, 'exit').then(([code, signal]) => ({ code, signal }))
    void this.ended.then(() => this.#tellListeners())
    const { stdout, stderr } = this.#child
    if (stdout !== null) createInterface(stdout).on('line', (line) => this.#hear(line))
    stderr?.setEncoding('utf8').on('data', (text: string) => this.#errors.push(text))
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** What the process wrote to stderr, its end. */
  get complaint(): string {
    return this.#errors.join('').slice(-2000)
  }

  /** Resolves with the first of these that the process says, or with `ended` or `stuck`. */
  async says(...wanted: readonly string[]): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>()
    const look = () => {
      const found = wanted.find((said) => this.#said.has(said))
      if (found !== undefined) resolve(found)
      else if (this.#child.exitCode !== null || this.#child.signalCode !== null) resolve('ended')
    }
    const patience = setTimeout(() => resolve('stuck'), PATIENCE)
    this.#listeners.add(look)
    look()
    return promise.finally(() => {
      clearTimeout(patience)
      this.#listeners.delete(look)
    })
  }

  /** @throws when the process ends, or says nothing for a long time, before it says this. */
  async reaches(wanted: string): Promise<void> {
    const said = await this.says(wanted)
    if (said !== wanted) throw new Error(`${this.#name} is ${said}: ${this.complaint}`)
  }

  /** Resolves when the process has ended by itself. @throws when it ended otherwise. */
  async finishes(): Promise<void> {
    await this.reaches('done')
    const { code, signal } = await this.ended
    if (code !== 0) throw new Error(`${this.#name} ended (${code ?? signal}): ${this.complaint}`)
  }

  /**
   * Ends the process as a power cut would.
   * @throws when the process is not the one that was started for this run, or does not die of it.
   */
  async kill(): Promise<void> {
    this.#requireIdentity()
    if (!this.#child.kill('SIGKILL')) throw new Error(`${this.#name} could not be killed`)
    const { signal } = await this.ended
    if (signal !== 'SIGKILL') throw new Error(`${this.#name} ended before it was killed`)
  }

  /** Ends the process as its operator would. @throws when it ends otherwise than that. */
  async stop(): Promise<void> {
    this.#requireIdentity()
    this.#child.kill('SIGTERM')
    await this.finishes()
  }

  /** Whatever becomes of a case, its processes end. */
  dispose(): void {
    this.#child.kill('SIGKILL')
  }

  get #name(): string {
    return `process ${this.pid} of run ${this.#settings.run}`
  }

  /** A pid may have been given to another process; the run in its command line cannot. */
  #requireIdentity(): void {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) {
      throw new Error(
        `${this.#name} ended by itself (${exitCode ?? signalCode}): ${this.complaint}`,
      )
    }
    if (process.platform !== 'linux') return
    const command = readFileSync(`/proc/${this.pid}/cmdline`, 'utf8')
    if (!command.includes(`"run":"${this.#settings.run}"`)) {
      throw new Error(`${this.#name} is another process now: ${command}`)
    }
  }

  #hear(line: string): void {
    const { run, pid, said } = JSON.parse(line) as Message
    if (run !== this.#settings.run || pid !== this.pid) {
      throw new Error(`${this.#name} heard from process ${pid} of run ${run}`)
    }
    this.#said.add(said)
    this.#tellListeners()
  }

  #tellListeners(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
