import { InputError } from '../../core/errors.ts'
import type { OverflowPolicy, RuntimeEvent } from '../../core/events.ts'

/** How many events may wait for one subscriber, and what becomes of more. */
export interface QueueOptions {
  /** Events; 1 000 unless given. */
  readonly queue?: number
  /** `drop-oldest` unless given. */
  readonly overflow?: OverflowPolicy
}

export interface QueueLimits {
  readonly size: number
  readonly overflow: OverflowPolicy
}

const POLICIES: readonly string[] = [
  'drop-oldest',
  'drop-newest',
  'unsubscribe',
] satisfies readonly OverflowPolicy[]
const DEFAULTS: QueueLimits = { size: 1000, overflow: 'drop-oldest' }
/** What has been taken is let go of in portions, at this length at the latest. */
const PORTION = 1024

/** @throws {InputError} for a size that is no whole number above 0, or a policy that there is not. */
export function toLimits({ queue, overflow }: QueueOptions = {}): QueueLimits {
  if (queue !== undefined && !(Number.isSafeInteger(queue) && queue > 0)) {
    throw new InputError(`queue is a whole number of events, 1 or more, not ${String(queue)}`)
  }
  if (overflow !== undefined && !POLICIES.includes(overflow)) {
    const known = POLICIES.map((policy) => `"${policy}"`).join(', ')
    throw new InputError(`overflow is one of ${known}, not ${JSON.stringify(overflow)}`)
  }
  return { size: queue ?? DEFAULTS.size, overflow: overflow ?? DEFAULTS.overflow }
}

/** Events that wait for one subscriber: never more than its limit. */
export class EventQueue {
  readonly #limits: QueueLimits
  readonly #overflowed: (dropped: number) => void
  #events: (RuntimeEvent | undefined)[] = []
  #taken = 0
  #dropped = 0
  #isAnnounced = false

  /** `overflowed`: told at the first event that is dropped since the queue was last empty. */
  constructor(limits: QueueLimits, overflowed: (dropped: number) => void) {
    this.#limits = limits
    this.#overflowed = overflowed
  }

  get length(): number {
    return this.#events.length - this.#taken
  }

  /** False when it is full and its subscriber is to hear no more. */
  push(event: RuntimeEvent): boolean {
    const { size, overflow } = this.#limits
    const isFull = this.length >= size
    if (isFull && overflow === 'drop-oldest') this.#take()
    if (!isFull || overflow === 'drop-oldest') this.#events.push(event)
    if (isFull) this.#drop()
    return !isFull || overflow !== 'unsubscribe'
  }

  /** The oldest; undefined: there is none. */
  shift(): RuntimeEvent | undefined {
    const event = this.#take()
    if (this.length === 0) this.#isAnnounced = false
    return event
  }

  clear(): void {
    this.#events = []
    this.#taken = 0
  }

  #take(): RuntimeEvent | undefined {
    if (this.length === 0) return undefined
    const event = this.#events[this.#taken]
    this.#events[this.#taken] = undefined
    this.#taken += 1
    if (this.length === 0) this.clear()
    else if (this.#taken >= PORTION && this.#taken * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#taken)
      this.#taken = 0
    }
    return event
  }

  #drop(): void {
    this.#dropped += 1
    if (this.#isAnnounced) return
    // Before it is told: the subscriber may be one of those that hear it.
    this.#isAnnounced = true
    this.#overflowed(this.#dropped)
  }
}
