import type { AnyActorRef } from 'xstate'
import { FatalError, InputError, toErrorRecord } from '../../core/errors.ts'
import { type Performance, type StepMeaning, StepTimeout } from '../../plan/steps/program.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { unlessAborted } from '../unless-aborted.ts'
import type { Activity, Hold } from './activity.ts'
import { markFailed } from './failed-step.ts'
import type { Ledger } from './ledger.ts'
import type { Replays } from './replays.ts'
import type { StepServices } from './services.ts'

/** A performance in its place. */
export interface Act {
  readonly performance: Performance
  /** What its step does, as a whole run knows it. */
  readonly meaning: StepMeaning | undefined
  /** Names the step within the whole run, sub-tasks included. */
  readonly path: string
  /** Names the performance within its attempt of the task. */
  readonly name: string
  readonly signal: AbortSignal
  readonly hold: Hold
  readonly self: AnyActorRef
  /** Tells that the step begins. */
  began(): void
}

export interface PerformerParts {
  readonly delivery: Delivery
  readonly activity: Activity
  readonly ledger: Ledger
  readonly replays: Replays
  /** Aborted when the run is over: what ends then is not the end of its step. */
  readonly over: AbortSignal
  /** Does what the step says; rejects as it does. */
  act(act: Act): Promise<unknown>
}

/** Where a performance comes from. */
export interface Origin {
  /** Goes before the keys of its machine. */
  readonly prefix: string
  /** The same with the attempts of the sub-tasks around it. */
  readonly namePrefix: string
  readonly performance: Performance
  readonly meaning: StepMeaning | undefined
  readonly signal: AbortSignal
  readonly self: AnyActorRef
}

type PerformerServices = Pick<StepServices, 'bus' | 'clock' | 'stepLog'>

/** Does each performance once: what is known of it from before is its answer. */
export class Performer {
  readonly #services: PerformerServices
  readonly #parts: PerformerParts

  constructor(services: PerformerServices, parts: PerformerParts) {
    this.#services = services
    this.#parts = parts
  }

  perform(origin: Origin): Promise<unknown> {
    return this.#parts.activity.hold((hold) => this.#perform(origin, hold))
  }

  async #perform(origin: Origin, hold: Hold): Promise<unknown> {
    const { delivery, ledger, replays } = this.#parts
    const { performance, meaning, signal, prefix, namePrefix, self } = origin
    const path = prefix + performance.key
    const name = `${namePrefix}${performance.key}#${performance.attempt}`
    const ending = ledger.ending(name)
    await replays.turnOf(signal, ledger.orderOf(name))
    const kept = performance.once ? ledger.onceOutput(path) : undefined
    if (kept !== undefined) return kept.output
    if (ending?.status === 'completed') return ending.output
    if (ending?.status === 'failed') throw marked(ending.error, path)
    // What another step stopped is stopped by that again. In a changed plan it may not be, and runs.
    signal.throwIfAborted()
    // The run stands as a whole: not while a step beside this one still works.
    const over = delivery.pauseOver
    if (over !== undefined) await hold.park(unlessAborted(over, signal))
    await delivery.checkpoint(signal)
    signal.throwIfAborted()
    return await this.#act(
      { performance, meaning, path, name, signal, hold, self },
      this.#tellBegin(path, performance),
    )
  }

  async #act(given: Omit<Act, 'began'>, begin: () => void): Promise<unknown> {
    const { act: carryOut, ledger, delivery } = this.#parts
    const { performance, meaning, path, name } = given
    if (meaning !== undefined) ledger.began(meaning)
    const started = this.#services.clock.now()
    const { kind } = performance.action
    if (kind !== 'sleep' && kind !== 'waitFor') begin()
    try {
      const { trace } = delivery
      const work = () => carryOut({ ...given, began: begin })
      const output = await (trace === undefined ? work() : trace.at(path).run(work))
      if (performance.once) await ledger.keepOnce(path, output, meaning).catch(cannotKeep)
      ledger.completed(name, performance.once ? undefined : output)
      this.#tellEnd(given, started, 'completed')
      return output
    } catch (error) {
      this.#failed(given, started, error)
      throw marked(error, path)
    }
  }

  #failed(given: Omit<Act, 'began'>, started: number, error: unknown): void {
    const { over, ledger } = this.#parts
    if (over.aborted) return
    if (given.signal.aborted) {
      ledger.cancelled(given.name)
      this.#tellEnd(given, started, 'cancelled')
      return
    }
    ledger.failed(given.name, error)
    this.#tellEnd(given, started, error instanceof StepTimeout ? 'timedOut' : 'failed', error)
  }

  #tellBegin(key: string, { attempt }: Performance): () => void {
    const { bus, clock, stepLog } = this.#services
    const { tasklet, trace } = this.#parts.delivery
    const { id: taskletId, event } = tasklet
    const cause = event?.lineage
    return () => {
      trace?.openStep(key, attempt)
      stepLog.began(tasklet, key, attempt, clock.now())
      if (bus.hears('step.started'))
        bus.emit('step.started', { taskletId, key, attempt }, { cause })
    }
  }

  #tellEnd(
    { performance: { attempt }, path: key }: Omit<Act, 'began'>,
    started: number,
    status: 'completed' | 'failed' | 'cancelled' | 'timedOut',
    error?: unknown,
  ): void {
    const { bus, clock, stepLog } = this.#services
    const { tasklet, trace } = this.#parts.delivery
    const message = error === undefined ? undefined : toErrorRecord('error', error).message
    trace?.close(key, status, message)
    const endedAt = clock.now()
    const duration = endedAt - started
    const report = { key, attempt, status, startedAt: started, endedAt, duration, message }
    stepLog.ended(tasklet, report)
    if (!bus.hears('step.ended')) return
    const { id: taskletId, event } = tasklet
    const told = { taskletId, key, attempt, status, duration, message }
    bus.emit('step.ended', told, { cause: event?.lineage })
  }
}

function marked(error: unknown, path: string): unknown {
  markFailed(error, path)
  return error
}

/** What the step did is done: to do it again because of its output would be wrong. */
function cannotKeep(error: unknown): never {
  if (!(error instanceof InputError)) throw error
  throw new FatalError(`its output cannot be kept: ${error.message}`, { cause: error })
}
