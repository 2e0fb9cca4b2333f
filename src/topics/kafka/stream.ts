import type { Admin, Kafka } from 'kafkajs'
import { DispatchError } from '../../core/errors.ts'
import { reasonOf } from './client.ts'

/** One topic of Kafka holds all events, so those of one subject share a partition. */
export interface EventStream {
  readonly topic: string
  readonly partitions: number
  readonly replicas: number
}

/** Makes the topic where it is missing, if the brokers let it be made. */
export async function requireStream(kafka: Kafka, stream: EventStream): Promise<void> {
  const { topic } = stream
  const admin = kafka.admin()
  try {
    await admin.connect()
    await makeTopic(admin, stream).catch((error: unknown) => {
      // Such brokers make a topic when it is first asked about.
      if (!hasNoTopicRequests(error)) throw error
      return admin.fetchTopicMetadata({ topics: [topic] })
    })
  } catch (cause) {
    throw toOpenError(cause, topic)
  } finally {
    await admin.disconnect()
  }
}

export function toOpenError(cause: unknown, topic: string): DispatchError {
  const message = `Kafka cannot be used: ${reasonOf(cause)}; look at the brokers' addresses, and whether topic ${topic} may be made`
  return new DispatchError('open', message, { cause })
}

async function makeTopic(admin: Admin, { topic, partitions, replicas }: EventStream) {
  if ((await admin.listTopics()).includes(topic)) return
  const wanted = { topic, numPartitions: partitions, replicationFactor: replicas }
  await admin.createTopics({ topics: [wanted], waitForLeaders: true })
}

/** They know no request that makes a topic, or no controller to send it to. */
function hasNoTopicRequests(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ['KafkaJSServerDoesNotSupportApiKey', 'KafkaJSBrokerNotFound'].includes(error.name)
}

/**
 * Where a group has no place yet, and where it begins: at the present ends, by partition. Without a
 * place of its own it would begin anew, at the end, each time its last member has left, and miss what
 * came in between.
 */
export async function findBeginnings(
  kafka: Kafka,
  topic: string,
  groupId: string,
): Promise<ReadonlyMap<number, string>> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    // First the ends: what is published from here on belongs to the group.
    const ends = await admin.fetchTopicOffsets(topic)
    const [known] = await admin.fetchOffsets({ groupId, topics: [topic] })
    const placed = known?.partitions.filter(({ offset }) => offset !== '-1') ?? []
    const isPlaced = new Set(placed.map(({ partition }) => partition))
    return new Map(
      ends
        .filter(({ partition }) => !isPlaced.has(partition))
        .map(({ partition, high }) => [partition, high]),
    )
  } finally {
    await admin.disconnect()
  }
}
