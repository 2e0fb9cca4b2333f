import { giveBack, type Origin } from './delivery.ts'
import type { Lane } from './lane.ts'
import { settled } from './pull.ts'

/** How much the broker may push of one band. */
export interface Share {
  readonly lane: Lane
  /** The most messages of it in hand at once. */
  readonly most: number
  /** The watch ends when there are as many: there may be more, and others have to be asked first. */
  readonly ends: boolean
}

/** What becomes of a message that was pushed. */
export interface Pushed {
  /** Takes it, and calls back when it is settled; false when there is no place for it. */
  take(origin: Origin, onSettled: () => void): boolean
  /** Nothing more may come, though a share is left. */
  isFull(): boolean
}

/** Lets the broker push what comes into some bands of one queue. */
export class Watch {
  readonly #shares: readonly Share[]
  readonly #pushed: Pushed
  readonly #stopped = Promise.withResolvers<void>()
  /** What is to go back: while we are pushed things, it would come to us again. */
  readonly #returned: Origin[] = []
  #exhausted = 0
  #isOver = false
  isStopped = false

  constructor(shares: readonly Share[], pushed: Pushed) {
    this.#shares = shares
    this.#pushed = pushed
  }

  /** A band that does not end it has all that it may have. */
  get isExhausted(): boolean {
    return this.#exhausted > 0
  }

  get stopped(): Promise<void> {
    return this.#stopped.promise
  }

  stop(): void {
    this.isStopped = true
    this.#stopped.resolve()
  }

  /** Ends the watch, so that somebody else gets it. */
  giveBack(origin: Origin): void {
    this.#goBack(origin)
    this.stop()
  }

  /** Until it is stopped, by what comes or from outside. */
  async run(): Promise<void> {
    const cancels = await Promise.all(this.#shares.map((share) => this.#consume(share)))
    await this.#stopped.promise
    await Promise.all(cancels.map((cancel) => cancel()))
    await settled()
    this.#isOver = true
    for (const origin of this.#returned) giveBack(origin)
  }

  async #consume({ lane, most, ends }: Share): Promise<() => Promise<unknown>> {
    const { band, channel } = lane
    let held = 0
    await channel.basicQos({ prefetchCount: most })
    const { consumerTag } = await channel.basicConsume({ queue: band }, (message) => {
      const origin = { channel, message }
      held += 1
      if (held === most && !ends) this.#exhausted += 1
      const isTaken = this.#pushed.take(origin, () => {
        if (held === most && !ends) this.#exhausted -= 1
        held -= 1
      })
      if (!isTaken) this.#goBack(origin)
      if ((ends && held >= most) || this.#pushed.isFull()) this.stop()
    })
    return () => channel.basicCancel({ consumerTag })
  }

  #goBack(origin: Origin): void {
    if (this.#isOver) giveBack(origin)
    else this.#returned.push(origin)
  }
}
