import type { TriggeringEvent } from '../../core/tasklet.ts'
import type { DependencyOutcome, HandlerRuntime, Log, TaskContext } from '../../plan/handler.ts'
import type { Plan } from '../../plan/model.ts'
import type { EventBus } from '../events/event-bus.ts'
import { bindLog, logFieldsOf } from '../log.ts'
import type { Delivery } from './delivery.ts'
import { inherited, underSignal } from './handler-runtime.ts'
import { type JournalServices, StoredJournal } from './journal.ts'
import { Steps } from './steps.ts'

/** What handlers reach through their context. */
export interface ContextServices extends JournalServices {
  readonly bus: EventBus
  /** The runtime as handlers may use it. */
  handlerRuntime(): HandlerRuntime
}

/** What a handler is given; what only some handlers use is made when first read. */
export class HandlerContext implements TaskContext {
  readonly input: unknown
  readonly plan: Plan
  readonly #delivery: Delivery
  readonly #services: ContextServices
  readonly #ownerLog: Log
  #log: Log | undefined
  #journal: StoredJournal | undefined
  #step: TaskContext['step'] | undefined
  #checkpoint: TaskContext['checkpoint'] | undefined
  #emit: TaskContext['emit'] | undefined
  #runtime: HandlerRuntime | undefined

  constructor(delivery: Delivery, plan: Plan, log: Log, services: ContextServices) {
    this.input = delivery.tasklet.input
    this.#ownerLog = log
    this.plan = plan
    this.#delivery = delivery
    this.#services = services
    this.progress = this.progress.bind(this)
  }

  get signal(): AbortSignal {
    return this.#delivery.signal
  }

  get log(): Log {
    this.#log ??= bindLog(this.#ownerLog, logFieldsOf(this.#delivery.tasklet))
    return this.#log
  }

  get traceparent(): string | undefined {
    return this.#delivery.trace?.traceparent ?? this.#delivery.tasklet.traceparent
  }

  get attempt(): number {
    return this.#delivery.tasklet.attempts + 1
  }

  get taskletId(): string {
    return this.#delivery.tasklet.id
  }

  get idempotencyKey(): string {
    return this.#delivery.tasklet.idempotencyKey ?? this.#delivery.tasklet.id
  }

  get initialContext(): unknown {
    return this.#delivery.tasklet.initialContext
  }

  get dependencies(): Readonly<Record<string, DependencyOutcome>> {
    return this.#delivery.dependencies
  }

  get event(): TriggeringEvent | undefined {
    return this.#delivery.tasklet.event
  }

  /** Where `step` keeps its outputs. */
  get journal(): StoredJournal {
    this.#journal ??= new StoredJournal(this.#services, this.#delivery)
    return this.#journal
  }

  get step(): TaskContext['step'] {
    if (this.#step === undefined) {
      const steps = new Steps(this.journal, () => this.signal)
      const { trace } = this.#delivery
      this.#step = (name, work) =>
        steps.run(name, trace === undefined ? work : () => trace.step(name, work))
    }
    return this.#step
  }

  get checkpoint(): TaskContext['checkpoint'] {
    this.#checkpoint ??= () => this.#delivery.checkpoint()
    return this.#checkpoint
  }

  get emit(): TaskContext['emit'] {
    const { bus } = this.#services
    this.#emit ??= (name, data) => bus.publish(name, data, { cause: this.event?.lineage })
    return this.#emit
  }

  get runtime(): HandlerRuntime {
    this.#runtime ??= underSignal(
      this.#services.handlerRuntime(),
      this.signal,
      inherited(this.#delivery),
    )
    return this.#runtime
  }

  progress(share: number, message?: string): void {
    const { bus } = this.#services
    if (!bus.hears('tasklet.progress')) return
    const cause = this.event?.lineage
    bus.emit('tasklet.progress', { taskletId: this.taskletId, share, message }, { cause })
  }
}
