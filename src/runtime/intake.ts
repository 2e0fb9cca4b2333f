import type { Tasklet } from '../core/tasklet.ts'
import type { InsertOutcome, Store } from '../ports/store.ts'
import type { EventBus } from './event-bus.ts'
import { Inserts } from './inserts.ts'
import { Wakes } from './wakes.ts'

export interface IntakeEffects {
  /** Work may have become ready in the queue. */
  ready(queue: string): void
  /** Something in the store becomes due at this time. */
  expect(at: number): void
}

/** Where work comes in: stored first, then its queue is told. */
export class Intake {
  readonly #bus: EventBus
  readonly #effects: IntakeEffects
  readonly #inserts: Inserts
  readonly #wakes: Wakes

  constructor(store: Store, bus: EventBus, effects: IntakeEffects) {
    this.#bus = bus
    this.#effects = effects
    this.#inserts = new Inserts(store, (outcomes) => this.#stored(outcomes))
    this.#wakes = new Wakes((queue) => effects.ready(queue))
  }

  /** Stores a new record and wakes its queue, or waits for its time. */
  insert(tasklet: Tasklet): Promise<InsertOutcome> {
    return this.#inserts.add(tasklet)
  }

  /** Tells the queue, once per turn, that it may find work. */
  wake(queue: string): void {
    this.#wakes.wake(queue)
  }

  #stored(outcomes: readonly InsertOutcome[]): void {
    const isHeard = this.#bus.hears('tasklet.submitted')
    for (const { created, tasklet } of outcomes) {
      if (!created) continue
      if (tasklet.notBefore === undefined) this.wake(tasklet.queue)
      else this.#effects.expect(tasklet.notBefore)
      if (isHeard) this.#bus.emit('tasklet.submitted', { tasklet })
    }
  }
}
