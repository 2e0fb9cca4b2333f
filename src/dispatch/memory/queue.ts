import type {
  ConsumeOptions,
  DispatchConsumer,
  DispatchDelivery,
  DispatchMessage,
} from '../../ports/dispatch.ts'

interface Entry {
  readonly message: DispatchMessage
  /** The order of publication; what comes back keeps its place. */
  readonly sequence: number
  wasDelivered: boolean
}

interface Seat {
  readonly options: ConsumeOptions
  readonly inHand: Set<Entry>
}

/** The messages of one queue, and the consumers that compete for them. */
export class MemoryQueue {
  /** Sorted: what is handed out first stands first. */
  readonly #waiting: Entry[] = []
  /** Of what waits and of what is in hand. */
  readonly #known = new Set<string>()
  /** The first one is the next to be served. */
  readonly #seats: Seat[] = []
  #sequence = 0
  #isDealing = false

  get depth(): number {
    return this.#waiting.length
  }

  add(message: DispatchMessage): void {
    const key = toKey(message)
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.#sequence += 1
    this.#enqueue({ message: { ...message }, sequence: this.#sequence, wasDelivered: false })
  }

  take(options: ConsumeOptions): DispatchConsumer {
    const seat: Seat = { options, inHand: new Set() }
    this.#seats.unshift(seat)
    this.#dealSoon()
    return {
      close: async () => {
        const index = this.#seats.indexOf(seat)
        if (index >= 0) this.#seats.splice(index, 1)
        for (const entry of seat.inHand) this.#giveBack(seat, entry)
      },
    }
  }

  #enqueue(entry: Entry): void {
    this.#waiting.splice(placeOf(this.#waiting, entry), 0, entry)
    this.#dealSoon()
  }

  /** Consumers are called in a turn of their own, never within a call of somebody else. */
  #dealSoon(): void {
    if (this.#isDealing) return
    this.#isDealing = true
    setImmediate(() => {
      this.#isDealing = false
      this.#deal()
    })
  }

  #deal(): void {
    for (;;) {
      const seat = this.#seats.find(({ options, inHand }) => inHand.size < options.capacity)
      const entry = seat && this.#waiting.shift()
      if (!entry) return
      this.#seats.splice(this.#seats.indexOf(seat), 1)
      this.#seats.push(seat)
      seat.inHand.add(entry)
      const delivery = this.#toDelivery(seat, entry)
      entry.wasDelivered = true
      seat.options.onDelivery(delivery)
    }
  }

  /** Settling twice, or after the consumer was closed, does nothing. */
  #toDelivery(seat: Seat, entry: Entry): DispatchDelivery {
    return {
      ...entry.message,
      redelivered: entry.wasDelivered,
      ack: async () => {
        if (!seat.inHand.delete(entry)) return
        this.#known.delete(toKey(entry.message))
        this.#dealSoon()
      },
      nack: async () => this.#giveBack(seat, entry),
    }
  }

  #giveBack(seat: Seat, entry: Entry): void {
    if (seat.inHand.delete(entry)) this.#enqueue(entry)
  }
}

/** A second message with the same key is kept only once. */
function toKey({ id, deliveries }: DispatchMessage): string {
  return `${deliveries} ${id}`
}

/** Where it belongs, found from the end: nearly everything comes in order. */
function placeOf(waiting: readonly Entry[], entry: Entry): number {
  let low = 0
  let high = waiting.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = waiting[middle]
    if (other && isBefore(entry, other)) high = middle
    else low = middle + 1
  }
  return low
}

function isBefore(one: Entry, other: Entry): boolean {
  const difference = one.message.priority - other.message.priority
  return difference < 0 || (difference === 0 && one.sequence < other.sequence)
}
