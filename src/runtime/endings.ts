import { FatalError } from '../core/errors.ts'
import type { SettledStatus } from '../core/status.ts'
import type { Tasklet } from '../core/tasklet.ts'
import type { SettleOutcome } from '../ports/store.ts'
import type { Deliveries } from './deliveries.ts'
import type { Delivery, TaskletActor } from './delivery.ts'
import type { EventBus } from './event-bus.ts'
import type { Grants } from './grants.ts'
import { type OutcomeRules, threw } from './outcomes.ts'
import type { Results } from './results.ts'
import type { Settlements } from './settlements.ts'

export interface EndingServices {
  readonly grants: Grants
  readonly deliveries: Deliveries
  readonly settlements: Settlements
  readonly results: Results
  readonly bus: EventBus
  readonly rules: OutcomeRules
  /** Something in the store becomes due at this time. */
  expect(at: number): void
  /** The actor's delivery is over although the life of its tasklet is not. */
  released(actor: TaskletActor): void
}

/** What follows from the store's answer to a settlement: release, end, tell. */
export class Endings {
  readonly #services: EndingServices

  constructor(services: EndingServices) {
    this.#services = services
  }

  settled(delivery: Delivery, answer: SettleOutcome): void {
    const { bus } = this.#services
    if (answer.accepted) {
      const { tasklet } = answer
      this.#end(delivery, tasklet.status as SettledStatus)
      if (tasklet.notBefore !== undefined) this.#services.expect(tasklet.notBefore)
      this.announce(tasklet)
    } else if (answer.error !== undefined) {
      this.#settleWithoutOutput(delivery, answer.error)
    } else {
      this.#end(delivery, 'pending')
      bus.emit('lease.lost', { taskletId: delivery.tasklet.id, holder: answer.holder })
    }
  }

  /** Tells whoever waits or listens where a record stands now. */
  announce(tasklet: Tasklet): void {
    const { results, bus } = this.#services
    results.settled(tasklet)
    const name = `tasklet.${tasklet.status}`
    if (bus.hears(name)) bus.emit(name, { tasklet })
  }

  /** The output is no JSON value, and trying again would not change that. */
  #settleWithoutOutput(delivery: Delivery, cause: Error): void {
    const error = new FatalError(cause.message, { cause })
    delivery.outcome = threw(this.#services.rules, delivery, error)
    this.#services.settlements.add(delivery)
  }

  #end(delivery: Delivery, status: SettledStatus): void {
    const { grants, deliveries, released } = this.#services
    grants.release(delivery)
    deliveries.end(delivery, status)
    const goesOn = status === 'retrying' || status === 'pending'
    if (goesOn && delivery.actor !== undefined) released(delivery.actor)
  }
}
