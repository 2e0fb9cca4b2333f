import { backoffDelay } from '../../core/backoff.ts'
import { FatalError, InputError } from '../../core/errors.ts'
import type { Plan, Task } from '../../plan/model.ts'
import type { RetryPause, StepProgram } from '../../plan/steps/program.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import { Passivation } from '../deliveries/passivation.ts'
import { wait } from '../wait.ts'
import type { Given } from './abortable.ts'
import { Acting } from './acting.ts'
import { Activity } from './activity.ts'
import { markFailed } from './failed-step.ts'
import type { Ledger } from './ledger.ts'
import { type Act, Performer } from './performer.ts'
import { type ProgramRun, runProgram } from './program-run.ts'
import { Replays } from './replays.ts'
import { toScope } from './scope.ts'
import type { StepServices } from './services.ts'
import { Waiting } from './waiting.ts'

/** A program's place among those that one run nests. */
interface Place extends Pick<ProgramRun, 'parent' | 'signal'> {
  readonly program: StepProgram
  readonly input: unknown
  readonly attempt: number
  /** Goes before the keys of its steps: the path of the step that runs it. */
  readonly prefix: string
  /** The same with attempts. */
  readonly namePrefix: string
  /** The same without the indices of items. */
  readonly placePrefix: string
}

/** Names the attempt as a whole among its steps. */
const ATTEMPT = '*'

/** One run of a tasklet's steps in one delivery, and how it ends. */
export class StepsRun {
  readonly #services: StepServices
  readonly #delivery: Delivery
  readonly #plan: Plan
  readonly #ledger: Ledger
  readonly #activity: Activity
  readonly #performer: Performer
  readonly #waiting: Waiting
  readonly #replays: Replays
  readonly #over = new AbortController()

  constructor(services: StepServices, delivery: Delivery, plan: Plan, ledger: Ledger) {
    this.#services = services
    this.#delivery = delivery
    this.#plan = plan
    this.#ledger = ledger
    this.#replays = new Replays(ledger.endings)
    this.#activity = new Activity((notBefore) => this.#over.abort(new Passivation(notBefore)))
    const leaving = AbortSignal.any([delivery.signal, this.#over.signal])
    this.#waiting = new Waiting(services, delivery.tasklet.id, ledger, leaving)
    const acting = new Acting(services, {
      delivery,
      plan,
      ledger,
      waiting: this.#waiting,
      runSteps: (...given) => this.#runSteps(...given),
    })
    this.#performer = new Performer(services, {
      delivery,
      ledger,
      activity: this.#activity,
      replays: this.#replays,
      over: this.#over.signal,
      act: (act) => acting.act(act),
    })
  }

  /**
   * The output of the steps. Rejects with what they threw, with the reason when the delivery is told
   * to stop, and with a Passivation when they only wait; always after all that they started has ended.
   */
  async run(program: StepProgram): Promise<unknown> {
    const { tasklet, signal: told, actor: parent } = this.#delivery
    if (parent === undefined) throw new TypeError(`tasklet ${tasklet.id} has no actor`)
    const disarm = this.#limitAttempt()
    const signal = AbortSignal.any([told, this.#over.signal])
    const attempt = tasklet.attempts + 1
    const place = { program, parent, signal, attempt, input: tasklet.input }
    try {
      const output = await this.#runProgram({
        ...place,
        prefix: '',
        namePrefix: '',
        placePrefix: '',
      })
      await this.#ended(undefined)
      return output
    } catch (error) {
      if (this.#delivery.stopping?.kind === 'timeout') await this.#ended(error)
      // Whoever told it to stop decides what becomes of the attempt.
      told.throwIfAborted()
      if (error instanceof Passivation) await this.#passivate()
      else await this.#ended(error)
      throw error
    } finally {
      this.#activity.close()
      this.#waiting.close()
      this.#services.stepLog.left(tasklet)
      disarm()
    }
  }

  #runProgram(place: Place): Promise<unknown> {
    const { prefix, namePrefix, placePrefix, input, attempt, ...run } = place
    return runProgram({
      ...run,
      scope: toScope(this.#delivery, this.#plan, input, attempt),
      perform: ({ input: performance, signal, self }) => {
        const own = run.program.meanings.get(performance.action)
        const meaning = own && { ...own, at: placePrefix + own.at }
        return this.#performer.perform({ prefix, namePrefix, performance, meaning, signal, self })
      },
      pause: (given) => this.#activity.hold(() => this.#pause(namePrefix, given)),
      failed(error, step) {
        if (step !== '') markFailed(error, prefix + step)
        return error
      },
    })
  }

  /** The steps of a sub-task, which count for themselves. */
  #runSteps(task: Task, input: unknown, act: Act, signal: AbortSignal): Promise<unknown> {
    const { performance, meaning, path, name, hold, self: parent } = act
    const { steps: program } = task
    if (program === undefined) throw new TypeError(`task "${task.name}" has no steps`)
    const place = { program, parent, signal, input, attempt: performance.attempt }
    const placePrefix = `${meaning?.at}/`
    return hold.lend(() =>
      this.#runProgram({ ...place, prefix: `${path}/`, namePrefix: `${name}/`, placePrefix }),
    )
  }

  /** A pause that is over is not made again. */
  async #pause(prefix: string, { input, signal }: Given<RetryPause>): Promise<void> {
    const { clock, rules } = this.#services
    const { key, attempt, retry } = input
    const name = `${prefix}${key}~${attempt}`
    const isOver = this.#ledger.ending(name) !== undefined
    await this.#replays.turnOf(signal, this.#ledger.orderOf(name))
    if (isOver) return
    await wait(clock, backoffDelay(retry.backoff, attempt, rules.random), signal)
    this.#ledger.completed(name, undefined)
  }

  /** Time that earlier deliveries of the attempt have spent counts; time that it only waited does not. */
  #limitAttempt(): () => void {
    const { clock, outOfTime } = this.#services
    const { tasklet, task } = this.#delivery
    const limit = tasklet.timeout ?? task?.timeout
    if (limit === undefined) return () => {}
    const spent = this.#ledger.resumeTiming(ATTEMPT, clock.now())
    if (spent === 0) return () => {}
    return clock.setTimer(clock.now() + Math.max(0, limit - spent), () => outOfTime(this.#delivery))
  }

  async #passivate(): Promise<void> {
    try {
      await this.#ledger.passivate(this.#services.clock.now())
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const message = `a step's output cannot be kept while the task waits: ${error.message}`
      throw new FatalError(message, { cause: error })
    }
  }

  /** The attempt is over, and its waits with it. */
  async #ended(error: unknown): Promise<void> {
    const { waits, failed } = this.#services
    try {
      if (error !== undefined) await this.#ledger.end(error)
      if (this.#ledger.hasWaited) await waits.close(this.#delivery.tasklet.id)
    } catch (problem) {
      failed(problem)
    }
  }
}
