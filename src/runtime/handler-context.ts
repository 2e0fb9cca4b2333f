import type { DependencyOutcome, Log, Plan, TaskContext } from '../plan/model.ts'
import type { Delivery } from './delivery.ts'
import type { EventBus } from './event-bus.ts'

/** What a handler is given; the signal is made when first read. */
export class HandlerContext implements TaskContext {
  readonly input: unknown
  readonly log: Log
  readonly plan: Plan
  readonly #delivery: Delivery
  readonly #bus: EventBus

  constructor(delivery: Delivery, plan: Plan, log: Log, bus: EventBus) {
    this.input = delivery.tasklet.input
    this.log = log
    this.plan = plan
    this.#delivery = delivery
    this.#bus = bus
    this.progress = this.progress.bind(this)
  }

  get signal(): AbortSignal {
    return this.#delivery.signal
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

  progress(share: number, message?: string): void {
    if (!this.#bus.hears('tasklet.progress')) return
    this.#bus.emit('tasklet.progress', { taskletId: this.taskletId, share, message })
  }
}
