import { type ChildProcess, fork } from 'node:child_process'
import type { EngineAddresses } from '../engines/engines.ts'
import { Count } from '../peers/count.ts'
import type { Notice, Order } from './messages.ts'
import type { Work } from './work.ts'

export interface Shift {
  readonly engines: EngineAddresses
  readonly work: Work
  readonly concurrency: number
}

interface Expectations {
  readonly full: Count
  readonly completed: Count
  readonly ended: Count
  readonly delivered: number[]
  readonly failure: PromiseWithResolvers<never>
}

/** Worker processes that live as long as this one, and work in shifts. */
export class WorkerProcesses {
  readonly #processes: readonly ChildProcess[]
  #expected = expectations()

  constructor(count: number) {
    this.#processes = Array.from({ length: count }, () => this.#start())
  }

  /** Resolves when each has as many tasklets as it may run at once, and all of them wait. */
  async begin(shift: Shift): Promise<void> {
    this.#expected = expectations()
    this.#order({ type: 'begin', ...shift })
    await this.#reaches('full', this.#processes.length)
  }

  /** Lets them work; resolves when so many tasklets have been completed. */
  async work(count: number): Promise<void> {
    this.#order({ type: 'go' })
    await this.#reaches('completed', count)
  }

  /** What was delivered, each as often as it was. */
  async end(): Promise<readonly number[]> {
    this.#order({ type: 'end' })
    await this.#reaches('ended', this.#processes.length)
    return this.#expected.delivered
  }

  #start(): ChildProcess {
    const child = fork(new URL('./worker.ts', import.meta.url), { execArgv: [] })
    child.on('message', (notice: Notice) => this.#heard(notice))
    child.on('exit', (code, signal) => {
      this.#expected.failure.reject(new Error(`a worker process ended with ${signal ?? code}`))
    })
    return child
  }

  #heard(notice: Notice): void {
    const { full, completed, ended, delivered, failure } = this.#expected
    if (notice.type === 'full') full.add()
    else if (notice.type === 'completed') completed.add(notice.count)
    else if (notice.type === 'failed') failure.reject(new Error(notice.error))
    else {
      delivered.push(...notice.delivered)
      ended.add()
    }
  }

  async #reaches(what: 'full' | 'completed' | 'ended', count: number): Promise<void> {
    await Promise.race([this.#expected[what].reaches(count), this.#expected.failure.promise])
  }

  #order(order: Order): void {
    for (const child of this.#processes) child.send(order)
  }
}

function expectations(): Expectations {
  const failure = Promise.withResolvers<never>()
  // Whoever waits hears of it; a process that ends when nobody waits is found out by the next order.
  failure.promise.catch(() => {})
  return {
    full: new Count(),
    completed: new Count(),
    ended: new Count(),
    delivered: [],
    failure,
  }
}
