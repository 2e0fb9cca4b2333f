import { InputError } from '../../core/errors.ts'
import type { Dispatch } from '../../ports/dispatch.ts'
import type { SubmissionSource } from '../../ports/intake.ts'
import type { Topics } from '../../ports/topics.ts'
import { requireUrl, schemeOf, withoutPassword } from './address.ts'

/** What a process may be told of brokers: URLs. */
export interface BrokerAddresses {
  readonly dispatch?: string | undefined
  readonly topics?: string | undefined
  readonly submissions?: string | undefined
}

export interface Brokers {
  readonly dispatch?: Dispatch
  readonly topics?: Topics
  readonly submissions?: SubmissionSource
}

/** Takes what goes wrong while nobody waits for an answer. */
type OnWarning = (message: string) => void

/**
 * The brokers at these addresses, not open yet.
 * @throws {InputError} for a scheme that none of the kind has, and for what is no URL.
 */
export async function brokersAt(
  { dispatch, topics, submissions }: BrokerAddresses,
  onWarning?: OnWarning,
): Promise<Brokers> {
  return {
    ...(dispatch && { dispatch: await dispatchAt(dispatch, onWarning) }),
    ...(topics && { topics: await topicsAt(topics, onWarning) }),
    ...(submissions && { submissions: await submissionsAt(submissions, onWarning) }),
  }
}

async function dispatchAt(address: string, onWarning: OnWarning | undefined): Promise<Dispatch> {
  if (isRedis(address)) {
    const { bullmqDispatch } = await import('../../dispatch/bullmq/dispatch.ts')
    return bullmqDispatch(requireUrl(address), { onWarning })
  }
  if (isRabbitmq(address)) {
    const { rabbitmqDispatch } = await import('../../dispatch/rabbitmq/dispatch.ts')
    return rabbitmqDispatch(requireUrl(address), { onWarning })
  }
  throw refused('dispatch', address, 'redis://… (BullMQ) or amqp://… (RabbitMQ)')
}

async function topicsAt(address: string, onWarning: OnWarning | undefined): Promise<Topics> {
  if (isRabbitmq(address)) {
    const { rabbitmqTopics } = await import('../../topics/rabbitmq/topics.ts')
    return rabbitmqTopics(requireUrl(address), { onWarning })
  }
  if (isKafka(address)) {
    const { kafkaTopics } = await import('../../topics/kafka/topics.ts')
    return kafkaTopics(toKafkaBrokers(address))
  }
  throw refused('topics', address, 'amqp://… (RabbitMQ) or kafka://host:port,host:port')
}

async function submissionsAt(
  address: string,
  onWarning: OnWarning | undefined,
): Promise<SubmissionSource> {
  if (isRabbitmq(address)) {
    const { rabbitmqIntake } = await import('../../dispatch/rabbitmq/intake.ts')
    return rabbitmqIntake(requireUrl(address), { onWarning })
  }
  throw refused('submissions', address, 'amqp://… (RabbitMQ)')
}

function isRedis(address: string): boolean {
  return /^rediss?$/.test(schemeOf(address) ?? '')
}

export function isRabbitmq(address: string): boolean {
  return /^amqps?$/.test(schemeOf(address) ?? '')
}

export function isKafka(address: string): boolean {
  return schemeOf(address) === 'kafka'
}

const KAFKA_PORT = 9092

/**
 * `host:port` each, from `kafka://a:9092,b`.
 * @throws {InputError} for anything else, a user included: it would be sent in the open.
 */
export function toKafkaBrokers(address: string): readonly string[] {
  const hosts = address.slice('kafka://'.length).replace(/\/$/, '').split(',')
  return hosts.map((host) => {
    const url = /[@/?#\s]/.test(host) ? null : URL.parse(`kafka://${host}`)
    if (url?.hostname) return `${url.hostname}:${url.port || KAFKA_PORT}`
    throw new InputError('Kafka is addressed as kafka://host:port,host:port, without a user')
  })
}

function refused(what: string, url: string, known: string): InputError {
  return new InputError(`${withoutPassword(url)} is no address for ${what}: give ${known}`)
}
