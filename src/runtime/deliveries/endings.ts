import { FatalError } from '../../core/errors.ts'
import { isFinal, type SettledStatus } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { SettleOutcome } from '../../ports/store-messages.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Grants } from '../grants/grants.ts'
import type { SharedGrants } from '../grants/shared-grants.ts'
import type { Results } from '../intake/results.ts'
import type { PassivatedRuns } from '../plans/passivated-runs.ts'
import type { Waits } from '../waits/waits.ts'
import type { Deliveries } from './deliveries.ts'
import type { Delivery } from './delivery.ts'
import { type OutcomeRules, threw } from './outcomes.ts'
import type { Settlements } from './settlements.ts'

export interface EndingServices {
  readonly grants: Grants
  readonly shared: Pick<SharedGrants, 'ended'>
  readonly deliveries: Deliveries
  readonly settlements: Settlements
  readonly results: Results
  readonly bus: EventBus
  readonly waits: Waits
  readonly passivated: PassivatedRuns
  readonly rules: OutcomeRules
  /** Something in the store becomes due at this time. */
  expect(at: number): void
  /** Work may have become ready in the queue. */
  ready(queue: string): void
  /** A delivery of this record, as it was leased, has ended. */
  ended(tasklet: Tasklet): void
  /** So many tasklets no longer wait in the queue. */
  freed(queue: string, count: number): void
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
      const { tasklet, changed } = answer
      this.#end(delivery, tasklet.status as SettledStatus)
      this.#follow(tasklet)
      this.announce(tasklet)
      this.#services.ended(delivery.tasklet)
      if (changed.length > 0) this.changed(changed)
    } else if (answer.error !== undefined) {
      this.#settleWithoutOutput(delivery, answer.error)
    } else {
      delivery.trace?.note('lease.lost', { 'setpoint.holder': answer.holder })
      this.#end(delivery, 'pending')
      const { id: taskletId, event } = delivery.tasklet
      bus.emit('lease.lost', { taskletId, holder: answer.holder }, { cause: event?.lineage })
    }
  }

  /** The statuses of these records, which did not run here, have changed. */
  changed(tasklets: readonly Tasklet[]): void {
    for (const tasklet of tasklets) {
      if (isFinal(tasklet.status)) this.#services.freed(tasklet.queue, 1)
      else this.#follow(tasklet)
      this.announce(tasklet)
    }
  }

  /** Tells whoever waits or listens where a record stands now. */
  announce(tasklet: Tasklet): void {
    const { results, waits, passivated, bus } = this.#services
    results.settled(tasklet)
    passivated.settled(tasklet)
    waits.settled(tasklet)
    const name = `tasklet.${tasklet.status}`
    if (bus.hears(name)) bus.emit(name, { tasklet })
  }

  /** The output is no JSON value, and trying again would not change that. */
  #settleWithoutOutput(delivery: Delivery, cause: Error): void {
    const error = new FatalError(cause.message, { cause })
    delivery.outcome = threw(this.#services.rules, delivery, error)
    this.#services.settlements.add(delivery)
  }

  #follow({ status, queue, notBefore }: Tasklet): void {
    if (notBefore !== undefined) this.#services.expect(notBefore)
    if (status === 'pending') this.#services.ready(queue)
  }

  #end(delivery: Delivery, status: SettledStatus): void {
    this.#services.grants.release(delivery)
    this.#services.shared.ended(delivery)
    this.#services.deliveries.end(delivery, status)
  }
}
