import type { Kafka, Producer } from 'kafkajs'
import { DispatchError } from '../../core/errors.ts'
import { requirePattern } from '../../core/event-patterns.ts'
import { tellChanges } from '../../core/tell-changes.ts'
import type { SubscribeOptions, TopicEvent, TopicSubscription, Topics } from '../../ports/topics.ts'
import { createClient, toUnavailable } from './client.ts'
import { GroupMember, type MemberSettings } from './group.ts'
import { type EventStream, findBeginnings, requireStream, toOpenError } from './stream.ts'

export interface KafkaTopicsOptions {
  /** The topic that holds all events; `setpoint.events`. */
  readonly topic?: string
  /** Of a topic that has to be made: events of so many subjects go side by side; 8. */
  readonly partitions?: number
  /** Of a topic that has to be made: brokers that keep each event; 1. */
  readonly replicas?: number
  readonly clientId?: string
  /** Milliseconds after which a member that is silent has left its group; 10 s. */
  readonly sessionTimeout?: number
  /** Milliseconds between two signs of life of a member, and before it hears of another; 1 s. */
  readonly heartbeat?: number
  /**
   * What goes wrong while nobody waits for an answer. Default: a warning of the process. Must not
   * throw.
   */
  readonly onWarning?: (message: string) => void
}

/** Every broker that is in sync has the event when it is acknowledged. */
const ALL_IN_SYNC = -1

/**
 * Events on Kafka: one topic, the subject as key, CloudEvents 1.0 in their structured mode. A
 * subscriber group is a consumer group of the same name.
 *
 * @param brokers `host:port` each.
 */
export function kafkaTopics(brokers: readonly string[], options: KafkaTopicsOptions = {}): Topics {
  return new KafkaTopics(brokers, options)
}

class KafkaTopics implements Topics {
  readonly name = 'kafka'
  readonly #brokers: readonly string[]
  readonly #clientId: string
  readonly #stream: EventStream
  readonly #membership: { readonly sessionTimeout: number; readonly heartbeatInterval: number }
  readonly #warn: (message: string) => void
  readonly #members = new Set<GroupMember>()
  #open: { readonly kafka: Kafka; readonly producer: Producer } | undefined

  constructor(brokers: readonly string[], options: KafkaTopicsOptions) {
    const { topic = 'setpoint.events', partitions = 8, replicas = 1 } = options
    this.#brokers = brokers
    this.#clientId = options.clientId ?? 'setpoint'
    this.#stream = { topic, partitions, replicas }
    const { sessionTimeout = 10_000, heartbeat = 1000 } = options
    this.#warn = tellChanges(options.onWarning ?? ((message) => process.emitWarning(message)))
    this.#membership = { sessionTimeout, heartbeatInterval: heartbeat }
  }

  async open(): Promise<void> {
    if (this.#open !== undefined) return
    const kafka = await createClient(this.#brokers, this.#clientId)
    await requireStream(kafka, this.#stream)
    // One request at a time keeps the order when one has to be sent again.
    const producer = kafka.producer({ maxInFlightRequests: 1, allowAutoTopicCreation: false })
    try {
      await producer.connect()
    } catch (cause) {
      throw toOpenError(cause, this.#stream.topic)
    }
    this.#open = { kafka, producer }
  }

  async close(): Promise<void> {
    const producer = this.#open?.producer
    this.#open = undefined
    await Promise.all([...this.#members].map((member) => member.close()))
    this.#members.clear()
    await producer?.disconnect()
  }

  async publish(events: readonly TopicEvent[]): Promise<void> {
    const { producer } = this.#opened()
    if (events.length === 0) return
    const messages = events.map((event) => ({
      key: event.subject,
      value: JSON.stringify(event),
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    }))
    try {
      await producer.send({ topic: this.#stream.topic, acks: ALL_IN_SYNC, messages })
    } catch (cause) {
      throw toUnavailable('take events', cause)
    }
  }

  async subscribe(options: SubscribeOptions): Promise<TopicSubscription> {
    const opened = this.#opened()
    const { kafka } = opened
    const { topic } = this.#stream
    if (options.pattern !== undefined) requirePattern(options.pattern)
    const settings = { ...this.#membership, kafka, topic, warn: this.#warn }
    const member = await join(options, settings)
    if (this.#open !== opened) {
      await member.close()
      throw closed()
    }
    this.#members.add(member)
    return {
      close: async () => {
        this.#members.delete(member)
        await member.close()
      },
    }
  }

  #opened() {
    if (this.#open !== undefined) return this.#open
    throw closed()
  }
}

function closed(): DispatchError {
  return new DispatchError('closed', 'these topics are not open: call open() first')
}

/** How often it is tried while the group is changing. */
const ATTEMPTS = 3

/** Rejects with DispatchError (`dispatch_unavailable`). */
async function join(options: SubscribeOptions, settings: MemberSettings): Promise<GroupMember> {
  for (let attempt = 1; ; attempt += 1) {
    const member = new GroupMember(options, settings)
    try {
      const { kafka, topic } = settings
      await member.start(await findBeginnings(kafka, topic, options.group))
      return member
    } catch (cause) {
      await member.close()
      // A round of the group that ends while this one joins is answered in many ways.
      const isRefusal = cause instanceof Error && cause.name.includes('Protocol')
      if (!isRefusal || attempt === ATTEMPTS) {
        throw toUnavailable(`let group "${options.group}" subscribe`, cause)
      }
    }
  }
}
