import { expect, onTestFinished } from 'vitest'
import { RetryLater } from '../../src/core/errors.ts'
import type { Store } from '../../src/ports/store.ts'
import type { TaskletHandle } from '../../src/runtime/intake/handle.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { type HeldStore, heldStore } from '../support/held-store.ts'
import { InspectedActor } from '../support/inspected-actor.ts'
import { allDone, ManualClock } from '../support/manual-clock.ts'
import type { Drivers, ModelSystem, Path } from '../support/model-paths.ts'
import { makeRuntime, planOf } from '../support/runtimes.ts'

const DRAIN = 30_000

/** A real runtime with two tasklets at work that do not listen when they are told to stop. */
export class ExecutionSystem implements ModelSystem {
  readonly clock = new ManualClock()
  readonly runtime: Runtime
  readonly #held: HeldStore
  readonly #actor = new InspectedActor('execution')
  readonly #gates: PromiseWithResolvers<string>[] = []
  readonly #tasklets: TaskletHandle[] = []

  constructor(store: Store) {
    this.#held = heldStore(store)
    const run = () => {
      const gate = Promise.withResolvers<string>()
      this.#gates.push(gate)
      return gate.promise
    }
    const { inspect } = this.#actor
    this.runtime = makeRuntime(
      planOf({ task: run }),
      { inspect },
      this.#held.store,
      this.clock,
    ).runtime
  }

  async start(): Promise<void> {
    onTestFinished(() => this.#held.releaseAll())
    await this.runtime.start()
    await this.submit()
    await this.submit()
    await allDone()
  }

  async submit(): Promise<void> {
    this.#tasklets.push(await this.runtime.submit('plan/task'))
  }

  async state(): Promise<string> {
    return this.#actor.state
  }

  get events(): readonly string[] {
    return this.#actor.events
  }

  async expect(state: string): Promise<void> {
    expect(this.#actor.state).toBe(state)
    const status = { working: 'running', drained: 'stopped' }[state] ?? 'stopping'
    expect(this.runtime.status).toBe(status)
    const records = await this.#records()
    const running = records.filter((record) => record?.status === 'running').length
    expect(running > 0).toBe(state !== 'drained')
    // Once nothing runs, nothing is left with a lease that nobody will renew.
    if (state === 'drained')
      expect(records.map((record) => record?.lease)).toEqual(records.map(() => undefined))
  }

  /** A claim is under way when intake closes, if the path has it come late. */
  async drain(next: Path): Promise<void> {
    if (next.some(({ type }) => type === 'tasklets.claimed')) {
      this.#held.hold('claim')
      await this.submit()
      await allDone()
    }
    void this.runtime.stop({ drain: DRAIN })
  }

  async claimLate(): Promise<void> {
    this.#held.release('claim')
    await this.settled(() => this.events.includes('tasklet.released'))
    const record = (await this.#records()).at(-1)
    expect(record).toMatchObject({ status: 'pending', attempts: 0, lease: undefined })
  }

  /** One of the two asks to be run later. */
  async release(): Promise<void> {
    this.#gates[0]?.reject(new RetryLater('1h'))
    await this.settled(() => this.events.includes('tasklet.released'))
  }

  endAll(): void {
    for (const gate of this.#gates) gate.resolve('done')
  }

  async settled(holds: () => boolean): Promise<void> {
    for (let turn = 0; turn < 50 && !holds(); turn += 1) await allDone()
    expect(holds()).toBe(true)
  }

  #records() {
    return Promise.all(this.#tasklets.map(({ id }) => this.#held.store.get(id)))
  }
}

const release = (system: ExecutionSystem) => system.release()
const claimLate = (system: ExecutionSystem) => system.claimLate()
const endAll = (system: ExecutionSystem) => system.endAll()

/** How each move of the execution machine is made to happen. */
export const executionDrivers: Drivers<ExecutionSystem> = {
  'working tasklets.claimed': async (system) => {
    const before = system.events.length
    await system.submit()
    await system.settled(() => system.events.indexOf('tasklets.claimed', before) >= 0)
  },
  'working tasklet.released': release,
  'working execution.drain': (system, next) => system.drain(next),
  'stopping.draining tasklets.claimed': claimLate,
  'stopping.draining tasklet.released': release,
  'stopping.draining execution.abort': ({ clock }) => clock.advance(DRAIN),
  'stopping.draining execution.idle': endAll,
  'stopping.aborting tasklets.claimed': claimLate,
  'stopping.aborting tasklet.released': release,
  'stopping.aborting execution.idle': endAll,
}
