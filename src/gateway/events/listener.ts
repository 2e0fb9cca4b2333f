import { toNotice } from './entry.ts'
import { Outbox } from './outbox.ts'

export interface ListenerParts {
  /** Messages that may wait. */
  readonly queue: number
  now(): number
  /** It has gone, or was cut off; told once. */
  left(): void
}

/** Characters that wait for one listener at most. */
const LONGEST = 1_048_576
const COMMENT = ': \n\n'

type Controller = ReadableStreamDefaultController<Uint8Array>

/** One who listens over HTTP: gives only as much as is taken. */
export class Listener {
  readonly stream: ReadableStream<Uint8Array>
  readonly #parts: ListenerParts
  readonly #outbox: Outbox
  readonly #encoder = new TextEncoder()
  #controller: Controller | undefined
  /** Whether it waits for something to come. */
  #isHungry = false
  #takenAt: number

  constructor(parts: ListenerParts) {
    this.#parts = parts
    this.#outbox = new Outbox(parts.queue, LONGEST)
    this.#takenAt = parts.now()
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pull(),
        cancel: () => this.#leave(),
      },
      { highWaterMark: 0 },
    )
  }

  /** To be sent with the next `flush`. */
  add(text: string): void {
    if (this.#controller !== undefined) this.#outbox.add(text)
  }

  /** Sends what waits, if the listener takes it. */
  flush(): void {
    if (this.#isHungry && !this.#outbox.isEmpty) this.#send()
  }

  /** A sign of life, if nothing else is on its way. */
  beat(): void {
    if (this.#isHungry && this.#outbox.isEmpty) this.add(COMMENT)
    this.flush()
  }

  /** Whether something has waited for so many milliseconds to be taken. */
  isStalled(stall: number): boolean {
    return !this.#isHungry && this.#parts.now() - this.#takenAt >= stall
  }

  /** Says a last word to those who read, and ends. */
  end(text: string): void {
    const controller = this.#controller
    if (controller === undefined) return
    this.add(text)
    while (!this.#outbox.isEmpty) this.#enqueue()
    this.#leave()
    controller.close()
  }

  /** Ends at once; what waits is let go. Closed, not failed: that nobody reads is no fault of ours. */
  cut(): void {
    const controller = this.#controller
    if (controller === undefined) return
    this.#leave()
    controller.close()
  }

  #pull(): void {
    this.#takenAt = this.#parts.now()
    this.#isHungry = true
    this.flush()
  }

  #send(): void {
    this.#isHungry = false
    this.#takenAt = this.#parts.now()
    this.#enqueue()
  }

  #enqueue(): void {
    const { dropped, text } = this.#outbox.take()
    const sent = dropped === 0 ? text : toNotice('dropped', { dropped }) + text
    this.#controller?.enqueue(this.#encoder.encode(sent))
  }

  #leave(): void {
    if (this.#controller === undefined) return
    this.#controller = undefined
    this.#isHungry = false
    this.#parts.left()
  }
}
