import type { ErrorRecord } from '../core/errors.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { Clock } from '../ports/clock.ts'

export interface HookContext {
  readonly tasklet: Tasklet
  /** After success. */
  readonly output?: unknown
  /** After failure. */
  readonly error?: ErrorRecord | undefined
}

export type Hook = (context: HookContext) => unknown
export type HookName = 'beforeTaskRun' | 'afterTaskSuccess' | 'afterTaskFailure' | 'afterTaskRun'

/** Registers a hook; the returned function takes it off again. */
export type Hooks = { readonly [Name in HookName]: (hook: Hook) => () => void }

/** Keeps the hooks and runs them, in the order of registration. */
export class HookRunner {
  readonly #registered: Record<HookName, Set<Hook>> = {
    beforeTaskRun: new Set(),
    afterTaskSuccess: new Set(),
    afterTaskFailure: new Set(),
    afterTaskRun: new Set(),
  }
  readonly #clock: Clock
  readonly #limit: number
  #isEmpty = true

  readonly hooks: Hooks = {
    beforeTaskRun: (hook) => this.#register('beforeTaskRun', hook),
    afterTaskSuccess: (hook) => this.#register('afterTaskSuccess', hook),
    afterTaskFailure: (hook) => this.#register('afterTaskFailure', hook),
    afterTaskRun: (hook) => this.#register('afterTaskRun', hook),
  }

  /** `limit`: milliseconds that one hook may take. */
  constructor(clock: Clock, limit: number) {
    this.#clock = clock
    this.#limit = limit
  }

  get isEmpty(): boolean {
    return this.#isEmpty
  }

  /** Rejects with the first error or time-out; later hooks of the name are then not run. */
  async run(name: HookName, context: HookContext): Promise<void> {
    for (const hook of this.#registered[name]) {
      await within(this.#clock, this.#limit, name, async () => hook(context))
    }
  }

  /** Runs every hook whatever becomes of the others; what they throw is reported. */
  async runAll(
    name: HookName,
    context: HookContext,
    report: (error: unknown) => void,
  ): Promise<void> {
    for (const hook of this.#registered[name]) {
      await within(this.#clock, this.#limit, name, async () => hook(context)).catch(report)
    }
  }

  #register(name: HookName, hook: Hook): () => void {
    this.#registered[name].add(hook)
    this.#isEmpty = false
    return () => {
      this.#registered[name].delete(hook)
      this.#isEmpty = Object.values(this.#registered).every(({ size }) => size === 0)
    }
  }
}

async function within(
  clock: Clock,
  limit: number,
  name: HookName,
  work: () => Promise<unknown>,
): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const disarm = clock.setTimer(clock.now() + limit, () =>
    reject(new Error(`a ${name} hook took longer than ${limit} ms`)),
  )
  try {
    await Promise.race([work(), late])
  } finally {
    disarm()
  }
}
