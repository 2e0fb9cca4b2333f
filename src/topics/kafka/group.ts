import type { Consumer, EachMessagePayload, Kafka } from 'kafkajs'
import { toRegExp } from '../../core/event-patterns.ts'
import type { SubscribeOptions, TopicEvent, TopicSubscription } from '../../ports/topics.ts'
import { reasonOf } from './client.ts'

/** Milliseconds. */
const LONGEST_WAIT = 500
/** Milliseconds; while an event is refused, it is given again ever more slowly. */
const FIRST_DELAY = 100
const LONGEST_DELAY = 5000

/** Partitions that one member works on at once. */
const CONCURRENCY = 4

export interface MemberSettings {
  readonly kafka: Kafka
  readonly topic: string
  /** Milliseconds after which a member that is silent has left its group. */
  readonly sessionTimeout: number
  /** Milliseconds between two signs of life. */
  readonly heartbeatInterval: number
  readonly warn: (message: string) => void
}

/** One member of a subscriber group. */
export class GroupMember implements TopicSubscription {
  readonly #consumer: Consumer
  readonly #settings: MemberSettings
  readonly #options: SubscribeOptions
  readonly #pattern: RegExp
  readonly #closing = new AbortController()
  #isMember = false

  constructor(options: SubscribeOptions, settings: MemberSettings) {
    this.#options = options
    this.#settings = settings
    this.#pattern = toRegExp(options.pattern ?? '**')
    const { kafka, sessionTimeout, heartbeatInterval } = settings
    this.#consumer = kafka.consumer({
      groupId: options.group,
      sessionTimeout,
      heartbeatInterval,
      // How long an answer that has nothing to tell is waited for, and so closing too.
      maxWaitTimeInMs: LONGEST_WAIT,
      allowAutoTopicCreation: false,
      // Whatever ended it: the group is to go on when the brokers are back.
      retry: { retries: 5, restartOnFailure: async () => !this.#closing.signal.aborted },
    })
  }

  /**
   * Resolves when it is a member, and the group has a place in every partition it was given.
   * `beginnings`: where the group has none yet, by partition.
   */
  async start(beginnings: ReadonlyMap<number, string>): Promise<void> {
    const { topic } = this.#settings
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: false })
    await new Promise<void>((resolve, reject) => {
      this.#watch(beginnings, resolve, reject)
      this.#run().catch(reject)
    })
    this.#isMember = true
  }

  /**
   * What becomes of the membership. Partitions come with each round of the group, and a round may be
   * over before the places in them are kept: then they are given out again in the next.
   */
  #watch(
    beginnings: ReadonlyMap<number, string>,
    begun: () => void,
    failed: (error: Error) => void,
  ): void {
    const { GROUP_JOIN, CRASH } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      if (this.#isMember) return
      const given = payload.memberAssignment[this.#settings.topic] ?? []
      this.#begin(given, beginnings).then(begun, (error: Error) => {
        if (!isRoundOver(error)) failed(error)
      })
    })
    this.#consumer.on(CRASH, ({ payload: { error, restart } }) => {
      if (!this.#isMember) return failed(error)
      if (this.#closing.signal.aborted) return
      const { warn } = this.#settings
      warn(`group "${this.#options.group}" is not read: ${error.message}; it is tried again`)
      // The driver gives up for good after what it takes for a mistake: a right that is missing.
      if (!restart) void this.#restart()
    })
  }

  async #begin(given: readonly number[], beginnings: ReadonlyMap<number, string>): Promise<void> {
    const { topic } = this.#settings
    const places = given.flatMap((partition) => {
      const offset = beginnings.get(partition)
      return offset === undefined ? [] : [{ topic, partition, offset }]
    })
    for (const place of places) this.#consumer.seek(place)
    if (places.length > 0) await this.#consumer.commitOffsets(places)
  }

  #run(): Promise<void> {
    return this.#consumer.run({
      partitionsConsumedConcurrently: CONCURRENCY,
      eachMessage: (payload) => this.#deliver(payload),
    })
  }

  async #restart(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await pause(LONGEST_DELAY, signal)
      if (signal.aborted) return
      try {
        await this.#consumer.connect()
        return await this.#run()
      } catch (error) {
        this.#settings.warn(`group "${this.#options.group}" is not read: ${reasonOf(error)}`)
      }
    }
  }

  /** Never rejects, and does not wait for brokers that are away: they find out that it has gone. */
  async close(): Promise<void> {
    this.#closing.abort()
    try {
      await this.#consumer.disconnect()
    } catch (error) {
      const { warn } = this.#settings
      warn(
        `a member of group "${this.#options.group}" could not take its leave: ${reasonOf(error)}`,
      )
    }
  }

  /** The driver gives a sign of life between events only, and some take longer than a session. */
  async #whileAlive(heartbeat: () => Promise<void>, work: () => Promise<void>): Promise<void> {
    const timer = setInterval(() => {
      // What the broker answers is heard again after the event, when something can be done about it.
      heartbeat().catch(() => undefined)
    }, this.#settings.heartbeatInterval)
    try {
      await work()
    } finally {
      clearInterval(timer)
    }
  }

  /** Its partition waits until the event has been taken. When it throws, it is delivered again. */
  async #deliver({ message, heartbeat }: EachMessagePayload): Promise<void> {
    const event = parse(message.value)
    if (event === undefined || !this.#pattern.test(event.type)) return
    for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
      this.#closing.signal.throwIfAborted()
      try {
        await this.#whileAlive(heartbeat, async () => this.#options.onEvent(event))
        return
      } catch {
        // The subscriber says by this that it wants the event again; why is its own affair.
        await pause(delay, this.#closing.signal)
        await heartbeat()
      }
    }
  }
}

/** The group has begun another round meanwhile, in which partitions are given out anew. */
function isRoundOver(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const type = 'type' in error ? error.type : undefined
  return ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'].includes(String(type))
}

/** Undefined for what is no event of ours: others may write to the topic. */
function parse(value: Buffer | null): TopicEvent | undefined {
  try {
    const event: unknown = JSON.parse(String(value))
    const isEvent = typeof event === 'object' && event !== null && 'specversion' in event
    return isEvent && 'type' in event && typeof event.type === 'string'
      ? (event as TopicEvent)
      : undefined
  } catch {
    return undefined
  }
}

function pause(delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, delay)
    signal.addEventListener('abort', finish)
  })
}
