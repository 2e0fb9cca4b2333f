import { SetpointError } from '../../src/core/errors.ts'
import { createRuntime } from '../../src/create-runtime.ts'
import { definePlan } from '../../src/plan/define.ts'
import type { TaskletHandle } from '../../src/runtime/intake/handle.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { sqliteStore } from '../../src/stores/sqlite/store.ts'

/** Too long for what is left of the pages in use, so that it needs new ones. */
const LONG = 'x'.repeat(200_000)
const MANY = 20

interface Gate {
  readonly opened: PromiseWithResolvers<void>
  readonly entered: PromiseWithResolvers<void>
}

/** A runtime in this process, with work that ends when it is told to. */
export class Site {
  readonly file: string
  #runtime: Runtime | undefined
  #gate = newGate()
  #failed = Promise.withResolvers<void>()

  constructor(file: string) {
    this.file = file
  }

  async open(): Promise<void> {
    const plan = definePlan({
      name: 'site',
      tasks: {
        hold: async () => {
          this.#gate.entered.resolve()
          await this.#gate.opened.promise
          return LONG
        },
        refused: () => LONG,
        echo: () => 'done',
      },
    })
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    this.#runtime = await createRuntime({
      plans: [plan],
      store: sqliteStore(this.file, { lockTimeout: 200 }),
      logger: silent,
    })
    this.#runtime.events.on('store.failed', ({ data }) => {
      if (data.operation === 'settle') this.#failed.resolve()
    })
    await this.#runtime.start()
  }

  async close(): Promise<void> {
    await this.#runtime?.stop()
  }

  /** Resolves when the handler is at work. */
  async submitHeld(): Promise<TaskletHandle> {
    this.#gate = newGate()
    this.#failed = Promise.withResolvers()
    const handle = await this.#running.submit('site/hold')
    await this.#gate.entered.promise
    return handle
  }

  finishHeld(): void {
    this.#gate.opened.resolve()
  }

  /** Resolves when the runtime has said that it could not write an outcome down. */
  settlementFailed(): Promise<void> {
    return this.#failed.promise
  }

  /** The code with which each submission was refused, `accepted`, or what was thrown instead. */
  async submitMany(): Promise<readonly string[]> {
    const submissions = Array.from({ length: MANY }, () =>
      this.#running.submit('site/refused', { text: LONG }).then(
        () => 'accepted',
        (error: unknown) => (error instanceof SetpointError ? error.code : String(error)),
      ),
    )
    return Promise.all(submissions)
  }

  async submitAndRun(): Promise<boolean> {
    return (await this.#running.call('site/echo')) === 'done'
  }

  /** How many records of submissions there are that were refused. */
  async traces(): Promise<number> {
    const { items } = await this.#running.list({ task: 'refused', limit: 100 })
    return items.length
  }

  get #running(): Runtime {
    if (this.#runtime === undefined) throw new Error('the site is not open')
    return this.#runtime
  }
}

function newGate(): Gate {
  return { opened: Promise.withResolvers(), entered: Promise.withResolvers() }
}
