import type { DispatchDelivery } from '../../ports/dispatch.ts'
import type { LeaseRef } from '../../ports/store-messages.ts'
import { Wakes } from '../claims/wakes.ts'
import type { ClaimAnswer, WorkSource } from '../claims/work-source.ts'
import { Desk, type DeskServices } from './desk.ts'

export interface DispatchedWorkServices extends DeskServices {
  /** The queues that are worked on here. */
  readonly queues: readonly string[]
  /** The queue should ask for work. */
  wake(queue: string): void
}

/**
 * What queues ask the store for when a broker tells them of work: the tasklets of the messages in
 * hand, and those that were held back when theirs came. They ask for whatever there is only where the
 * broker cannot tell: while it is away, and for what became ready meanwhile.
 */
export class DispatchedWork implements WorkSource {
  readonly #desks: ReadonlyMap<string, Desk>
  readonly #wakes: Wakes
  #isUp = false
  #isOver = false

  constructor(services: DispatchedWorkServices) {
    // Messages that came in one packet are claimed together.
    this.#wakes = new Wakes((queue) => {
      if (!this.#isOver) services.wake(queue)
    }, setImmediate)
    this.#desks = new Map(services.queues.map((queue) => [queue, new Desk(services, queue)]))
  }

  /** A message has come. */
  receive(delivery: DispatchDelivery): void {
    const desk = this.#desks.get(delivery.queue)
    if (desk === undefined || this.#isOver) void delivery.nack()
    else if (desk.inbox.receive(delivery)) this.#wakes.wake(delivery.queue)
  }

  /** Whether messages come at all. While they do not, every queue asks the store, as without a broker. */
  turn(isUp: boolean): void {
    if (this.#isUp === isUp) return
    this.#isUp = isUp
    for (const [queue, desk] of this.#desks) {
      desk.stir()
      if (!isUp) desk.inbox.giveBack()
      this.#wakes.wake(queue)
    }
  }

  /** So many tasklets of the queue may be pending that no message tells of. */
  owe(queue: string, count: number): void {
    this.#desks.get(queue)?.owe(count)
    this.#wakes.wake(queue)
  }

  /** The delivery of a tasklet is over. */
  ended(queue: string, lease: LeaseRef): void {
    this.#desks.get(queue)?.inbox.ended(lease)
  }

  /** Nothing more is claimed here: others shall have what comes. */
  close(): void {
    this.#isOver = true
  }

  next(queue: string, limit: number): readonly string[] | undefined {
    return this.#isUp ? this.#desks.get(queue)?.next(limit) : undefined
  }

  answered(answer: ClaimAnswer): Promise<void> | undefined {
    return this.#desks.get(answer.queue)?.answered(answer)
  }

  failed(queue: string): void {
    this.#desks.get(queue)?.failed()
  }

  hasMore(queue: string): boolean {
    return this.#isUp && this.#desks.get(queue)?.hasMore === true
  }

  stirred(queue: string): void {
    this.#desks.get(queue)?.stir()
  }
}
