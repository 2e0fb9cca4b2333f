import { expect } from 'vitest'
import { FatalError } from '../../src/core/errors.ts'
import type { Store } from '../../src/ports/store.ts'
import type { TaskletHandle } from '../../src/runtime/intake/handle.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { InspectedActor } from '../support/inspected-actor.ts'
import { type Kiln, makeKiln } from '../support/kiln.ts'
import { allDone, ManualClock } from '../support/manual-clock.ts'
import type { Drivers, ModelSystem, Path } from '../support/model-paths.ts'
import { makeRuntime } from '../support/runtimes.ts'

/** A real runtime that brings a kiln to `hot`; its checks and transition tasks are held by hand. */
export class PreparationSystem implements ModelSystem {
  readonly clock = new ManualClock()
  readonly runtime: Runtime
  readonly #actor = new InspectedActor('preparation')
  readonly #kiln: Kiln
  readonly #path: Path
  #look = Promise.withResolvers<string>()
  #move = Promise.withResolvers<void>()
  #tasklet: TaskletHandle | undefined

  constructor(store: Store, path: Path) {
    this.#path = path
    this.#kiln = makeKiln({
      fire: { requires: 'hot', run: () => void this.#kiln.seen.push('fire') },
    })
    for (const state of ['cold', 'warm', 'hot', 'lost']) {
      this.#kiln.answers[state] = () => this.#look.promise.then((at) => at === state)
    }
    for (const task of ['warm', 'blast', 'heat', 'rest', 'cool']) {
      this.#kiln.doings[task] = ({ signal }) => {
        signal.addEventListener('abort', () => this.failToMove())
        return this.#move.promise
      }
    }
    // An edge that fails is refused for good where the path says so.
    const maxReplans = path.at(-1)?.type === 'preparation.refused' ? 0 : 5
    const { inspect } = this.#actor
    const options = { inspect, planning: { maxReplans } }
    this.runtime = makeRuntime(this.#kiln.plan, options, store, this.clock).runtime
  }

  async start(): Promise<void> {
    await this.runtime.start()
    this.#tasklet = await this.runtime.submit('kiln/fire')
  }

  async state(): Promise<string> {
    return this.#actor.state
  }

  /** Planning asks nobody, so nothing can hold it. */
  passed(state: string): boolean {
    return state === 'planning' && this.#actor.states.includes(state)
  }

  async expect(state: string): Promise<void> {
    const record = await this.#tasklet?.status()
    if (state === 'planning') expect(this.#actor.states).toContain(state)
    else expect(this.#actor.state).toBe(state)
    const isOver = state === 'ready' || state === 'failed'
    if (!isOver && state !== 'planning') expect(record).toBe('running')
    if (isOver) await this.#expectEnd(state)
  }

  /** The checks answer: the kiln is there. */
  see(state: string): void {
    this.#look.resolve(state)
    this.#look = Promise.withResolvers()
  }

  failToLook(): void {
    this.#look.reject(new Error('no thermometer'))
    this.#look = Promise.withResolvers()
  }

  moved(): void {
    this.#move.resolve()
    this.#move = Promise.withResolvers()
  }

  failToMove(): void {
    this.#move.promise.catch(() => {})
    this.#move.reject(new FatalError('no gas'))
    this.#move = Promise.withResolvers()
  }

  /** As often as the edge allows, the kiln is not where the edge should have led. */
  async neverArrive(): Promise<void> {
    for (let tries = 0; tries < 3; tries += 1) {
      this.see('cold')
      await allDone()
      await this.clock.advance(200)
    }
  }

  async cancel(): Promise<void> {
    await this.#tasklet?.cancel()
  }

  async #expectEnd(state: string): Promise<void> {
    await allDone()
    const tasklet = await this.runtime.get(this.#tasklet?.id ?? '')
    const isCancelled = tasklet?.status === 'cancelled'
    expect(this.#kiln.seen.includes('fire')).toBe(state === 'ready')
    if (!isCancelled) expect(tasklet?.status).toBe(state === 'ready' ? 'completed' : 'failed')
    // The actor went through exactly the states of the path.
    const states = this.#path.map(({ to }) => to)
    expect(this.#actor.states).toEqual([this.#path[0]?.from, ...states])
    const taken = this.#path.filter(
      ({ type }) => type === 'edge.verified' || type === 'path.completed',
    )
    const moved = tasklet?.trail?.steps.filter(({ outcome }) => outcome === 'moved')
    if (!isCancelled) expect(moved).toHaveLength(taken.length)
  }
}

/** Where the kiln has to be for the path to go on as it does. */
function toOrigin(next: Path): string {
  if (next[0]?.type === 'preparation.refused') return 'lost'
  return next.some(({ type }) => type === 'path.completed') ? 'warm' : 'cold'
}

const refuseMove = (system: PreparationSystem) => system.failToMove()
const refuseArrival = (system: PreparationSystem) => system.neverArrive()

/** How each move of the preparation machine is made to happen. */
export const preparationDrivers: Drivers<PreparationSystem> = {
  'detecting world.held': (system) => system.see('hot'),
  'detecting world.recognised': (system, next) => system.see(toOrigin(next)),
  'detecting world.unrecognised': (system) => system.see('nowhere'),
  'detecting preparation.refused': (system) => system.failToLook(),
  'waiting detection.due': ({ clock }) => clock.advance(100),
  'waiting preparation.refused': (system) => system.cancel(),
  // What the checks have said decides these two at once.
  'planning path.found': () => {},
  'planning preparation.refused': () => {},
  'moving edge.taken': (system) => system.moved(),
  'moving edge.failed': refuseMove,
  'moving preparation.refused': refuseMove,
  'verifying edge.verified': (system) => system.see('warm'),
  'verifying path.completed': (system) => system.see('hot'),
  'verifying edge.failed': refuseArrival,
  'verifying preparation.refused': refuseArrival,
}
