/** Tells a worker that a tasklet may be claimed. The store keeps everything else. */
export interface DispatchMessage {
  readonly id: string
  readonly queue: string
  /** 0..1000, lower first. An engine may keep fewer levels, never turn the order round. */
  readonly priority: number
  /**
   * How often the tasklet had been delivered when this was written: with the id it names the
   * message, so an engine that can tell keeps a second one with both the same only once.
   */
  readonly deliveries: number
}

/** A message in the hands of a consumer, until it is acknowledged or given back. */
export interface DispatchDelivery extends DispatchMessage {
  /** The broker has handed it out before. */
  readonly redelivered: boolean
  /**
   * It has served its purpose. Resolves when the broker knows, or cannot be told; never rejects:
   * what cannot be acknowledged is delivered again.
   */
  ack(): Promise<void>
  /** Somebody else shall have it, at once; who gave it back only if nobody else takes it. Never rejects. */
  nack(): Promise<void>
}

export interface ConsumeOptions {
  readonly queue: string
  /** The most messages in hand at once; an integer ≥ 1. */
  readonly capacity: number
  /** Must not throw. */
  onDelivery(delivery: DispatchDelivery): void
}

export interface DispatchConsumer {
  /** Takes nothing more, and gives back what is still in hand. */
  close(): Promise<void>
}

/**
 * Delivery between processes, at least once: each message goes to one of the consumers of its queue,
 * lower priority numbers first, equals in the order in which they were published. It carries ids
 * only; a message that is lost or comes twice costs time, never work, because the store decides what
 * may be claimed.
 *
 * An engine reconnects by itself, and its consumers go on afterwards. While the broker is out of
 * reach `publish` and `depth` reject with DispatchError (`dispatch_unavailable`), within seconds.
 * Only `open` may be called before it is open; otherwise: `dispatch_closed`.
 */
export interface Dispatch {
  readonly name: string
  /**
   * Connects and declares what it needs. Rejects with DispatchError (`dispatch_open`) that says what
   * to do; it may be called again then.
   */
  open(): Promise<void>
  /** Closes its consumers too. Closing twice does nothing. */
  close(): Promise<void>
  /** Resolves when the broker has taken all of them over. */
  publish(messages: readonly DispatchMessage[]): Promise<void>
  consume(options: ConsumeOptions): Promise<DispatchConsumer>
  /** Messages of the queue that wait for a consumer. */
  depth(queue: string): Promise<number>
  /** Calls with false when the broker is lost, and with true when it is back. */
  onConnection(listener: (isUp: boolean) => void): () => void
}
