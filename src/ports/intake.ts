/** A message that somebody outside has sent, until it is acknowledged or given back. */
export interface ForeignMessage {
  /** As it was sent, whatever it is; bytes that are no UTF-8 become U+FFFD. */
  readonly body: string
  /** What the producer calls it, if it said so: a message that is sent twice is known by this. */
  readonly messageId: string | undefined
  /** The broker has handed it out before, so it may have been taken over already. */
  readonly redelivered: boolean
}

/**
 * Must not end before the message is stored: when it resolves, the message is acknowledged and gone
 * from the broker. When it rejects, the message stays there, and comes again after a pause.
 */
export type ForeignHandler = (message: ForeignMessage) => Promise<void>

/**
 * Where submissions of other programs come from, at least once each: what the handler has not taken
 * over stays with the broker. It hands out up to a number of its own at a time, so a handler that
 * waits holds the others back, and the broker keeps them. It reads nothing: what a message means,
 * and what becomes of one that means nothing, is the handler's.
 *
 * An engine reconnects by itself, and goes on. Before `open`, `receive` rejects with DispatchError
 * (`dispatch_closed`).
 */
export interface SubmissionSource {
  readonly name: string
  /**
   * Connects and declares what it needs. Rejects with DispatchError (`dispatch_open`) that says what
   * to do; it may be called again then.
   */
  open(): Promise<void>
  /** Stops receiving and waits for the handlers that are under way. Closing twice does nothing. */
  close(): Promise<void>
  /** From now on each message goes to the handler. To be called once. */
  receive(handler: ForeignHandler): Promise<void>
  /** Calls with false when the broker is lost, and with true when it is back. */
  onConnection(listener: (isUp: boolean) => void): () => void
}
