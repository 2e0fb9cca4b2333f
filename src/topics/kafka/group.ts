import type { Consumer, EachMessagePayload } from 'kafkajs'
import { toRegExp } from '../../core/event-patterns.ts'
import type { SubscribeOptions, TopicEvent, TopicSubscription } from '../../ports/topics.ts'

/** Milliseconds; while an event is refused, it is given again ever more slowly. */
const FIRST_DELAY = 100
const LONGEST_DELAY = 5000

/** Partitions that one member works on at once. */
const CONCURRENCY = 4

/** One member of a subscriber group. */
export class GroupMember implements TopicSubscription {
  readonly #consumer: Consumer
  readonly #options: SubscribeOptions
  readonly #pattern: RegExp
  readonly #closing = new AbortController()

  constructor(consumer: Consumer, options: SubscribeOptions) {
    this.#consumer = consumer
    this.#options = options
    this.#pattern = toRegExp(options.pattern ?? '**')
  }

  /**
   * Resolves when it is a member, and the group has a place in every partition it was given.
   * `beginnings`: where the group has none yet, by partition.
   */
  async start(topic: string, beginnings: ReadonlyMap<number, string>): Promise<void> {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: false })
    const joined = this.#joined()
    await this.#consumer.run({
      partitionsConsumedConcurrently: CONCURRENCY,
      eachMessage: (payload) => this.#deliver(payload),
    })
    const given = (await joined)[topic] ?? []
    const places = given.flatMap((partition) => {
      const offset = beginnings.get(partition)
      return offset === undefined ? [] : [{ topic, partition, offset }]
    })
    for (const place of places) this.#consumer.seek(place)
    if (places.length > 0) await this.#consumer.commitOffsets(places)
  }

  /** The partitions that it is given, by topic. */
  #joined(): Promise<Readonly<Record<string, readonly number[]>>> {
    const { GROUP_JOIN, CRASH } = this.#consumer.events
    return new Promise((resolve, reject) => {
      this.#consumer.on(GROUP_JOIN, ({ payload }) => resolve(payload.memberAssignment))
      this.#consumer.on(CRASH, ({ payload }) => reject(payload.error))
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#consumer.disconnect()
  }

  /** Its partition waits until the event has been taken. When it throws, it is delivered again. */
  async #deliver({ message, heartbeat }: EachMessagePayload): Promise<void> {
    const event = parse(message.value)
    if (event === undefined || !this.#pattern.test(event.type)) return
    for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
      this.#closing.signal.throwIfAborted()
      try {
        await this.#options.onEvent(event)
        return
      } catch {
        // The subscriber says by this that it wants the event again; why is its own affair.
        await pause(delay, this.#closing.signal)
        await heartbeat()
      }
    }
  }
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
