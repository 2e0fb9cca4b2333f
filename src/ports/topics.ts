/** One event for subscribers in other processes, in any language: the JSON form of CloudEvents 1.0. */
export interface TopicEvent {
  readonly specversion: '1.0'
  /** Unique; a subscriber that is given an event twice knows it by this. */
  readonly id: string
  /** Who tells it, as a URI reference: `/setpoint/<plan>/<task>`. */
  readonly source: string
  /** What happened, dotted: `task.completed`. */
  readonly type: string
  /** The id of the tasklet; events with the same subject keep their order. */
  readonly subject: string
  /** RFC 3339, UTC. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: unknown
}

export interface SubscribeOptions {
  /** Each group gets every event once; its members share them. Survives all of them. */
  readonly group: string
  /**
   * Types, as listeners of `runtime.on` name them: `*` is one segment, `**` any number. Default: all.
   * Every member of a group gives the same. Rejects with InputError when nothing could match.
   */
  readonly pattern?: string | undefined
  /** The event is done with when this resolves; when it rejects, the event comes again. */
  onEvent(event: TopicEvent): Promise<void> | void
}

export interface TopicSubscription {
  /** Finishes what is in hand. The group stays, and keeps what comes meanwhile. */
  close(): Promise<void>
}

/**
 * Publish and subscribe between processes: every subscriber group gets its copy, durably, at least
 * once; events of one subject come in the order in which they were published. A group gets what is
 * published after it was first seen.
 *
 * An engine reconnects by itself. While the broker is out of reach `publish` rejects with
 * DispatchError (`dispatch_unavailable`), within seconds. Only `open` may be called before they are
 * open; otherwise: `dispatch_closed`.
 */
export interface Topics {
  readonly name: string
  /**
   * Connects and declares what it needs. Rejects with DispatchError (`dispatch_open`) that says what
   * to do; it may be called again then.
   */
  open(): Promise<void>
  /** Closes its subscriptions too. Closing twice does nothing. */
  close(): Promise<void>
  /** Resolves when the broker has taken all of them over, in this order. */
  publish(events: readonly TopicEvent[]): Promise<void>
  subscribe(options: SubscribeOptions): Promise<TopicSubscription>
}
