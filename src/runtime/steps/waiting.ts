import { NEVER, toMilliseconds } from '../../core/duration.ts'
import { FatalError, InputError } from '../../core/errors.ts'
import type { Performance, StepAction } from '../../plan/steps/program.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { wait } from '../wait.ts'
import type { Hold } from './activity.ts'
import type { Ledger } from './ledger.ts'
import { tooLate } from './limited.ts'
import { insist } from './patience.ts'
import type { StepServices } from './services.ts'

type ActionOf<Kind extends StepAction['kind']> = Extract<StepAction, { kind: Kind }>

/** A performance that waits. */
export interface Wait<Kind extends 'sleep' | 'waitFor'> {
  readonly performance: Performance
  readonly action: ActionOf<Kind>
  /** Names the step within the whole run. */
  readonly path: string
  /** Names the performance within its attempt of the task. */
  readonly name: string
  readonly signal: AbortSignal
  readonly hold: Hold
  /** It begins now; an earlier delivery has not begun it. */
  began(): void
}

/** The waits of one run, for a time or an event. They outlive the run. */
export class Waiting {
  readonly #services: StepServices
  readonly #taskletId: string
  readonly #ledger: Ledger
  readonly #over: AbortSignal
  #arrival = Promise.withResolvers<void>()
  #stopListening: (() => void) | undefined

  /** `over` is aborted when the run is left for a later delivery, which is not the end of its waits. */
  constructor(services: StepServices, taskletId: string, ledger: Ledger, over: AbortSignal) {
    this.#services = services
    this.#taskletId = taskletId
    this.#ledger = ledger
    this.#over = over
  }

  async sleep({ performance, action, name, signal, hold, began }: Wait<'sleep'>): Promise<void> {
    const { clock } = this.#services
    const { at, isNew } = await this.#ledger.until(name, () =>
      Math.min(NEVER, clock.now() + toTime(action.for.evaluate(performance.scope))),
    )
    if (isNew) began()
    if (at > clock.now()) await hold.wait(at, () => wait(clock, at - clock.now(), signal))
  }

  /** The event that came: its name, time and data. */
  async waitFor(given: Wait<'waitFor'>): Promise<unknown> {
    const { clock, waits } = this.#services
    const { performance, action, path, name, signal, hold, began } = given
    const limit = action.timeout ?? performance.timeout
    const { at: until, isNew } = await this.#ledger.until(name, () =>
      limit === undefined ? NEVER : Math.min(NEVER, clock.now() + limit),
    )
    if (isNew) began()
    // Before it is opened, so that no event comes unseen in between.
    this.#listen()
    const key = this.#ledger.nameOf(name)
    const taskletId = this.#taskletId
    try {
      for (;;) {
        const arrival = this.#arrival.promise
        const where = action.where?.text
        const { scope } = performance
        const opened = { taskletId, key, pattern: action.event, where, scope }
        const open = () => waits.open(opened).catch(cannotKeep)
        const { event } = await insist('open a wait', open, this.#services, signal)
        signal.throwIfAborted()
        if (event !== undefined) return { name: event.name, at: event.at, data: event.data ?? null }
        if (until <= clock.now()) throw tooLate(path, limit ?? 0)
        await hold.wait(until, () => this.#untilAny(until, arrival, signal))
      }
    } catch (error) {
      // Only the run as a whole goes on in a later delivery.
      if (!this.#over.aborted) await waits.close(taskletId, key)
      throw error
    }
  }

  close(): void {
    this.#stopListening?.()
  }

  #listen(): void {
    this.#stopListening ??= this.#services.waits.onArrival(this.#taskletId, () => {
      const { resolve } = this.#arrival
      this.#arrival = Promise.withResolvers<void>()
      resolve()
    })
  }

  /** Until the time, the arrival or the abort; the last rejects. */
  async #untilAny(until: number, arrival: Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#services
    // No timer is set for a time that never comes.
    if (until >= NEVER) return unlessAborted(arrival, signal)
    const over = new AbortController()
    const passed = wait(clock, until - clock.now(), AbortSignal.any([signal, over.signal]))
    try {
      await Promise.race([arrival, passed])
    } finally {
      passed.catch(() => {})
      over.abort()
    }
  }
}

/** Trying again would not help: `where` names what JSON cannot hold. */
function cannotKeep(error: unknown): never {
  if (!(error instanceof InputError)) throw error
  throw new FatalError(`what the step waits for cannot be kept: ${error.message}`, { cause: error })
}

/** @throws {FatalError} for what is no length of time. */
function toTime(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'string') return toMilliseconds(value)
  throw new FatalError(`sleep needs a duration, not ${JSON.stringify(value)}`)
}
