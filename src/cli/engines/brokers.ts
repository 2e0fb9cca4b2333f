import { InputError } from '../../core/errors.ts'
import type { Dispatch } from '../../ports/dispatch.ts'
import type { SubmissionSource } from '../../ports/intake.ts'
import type { Topics } from '../../ports/topics.ts'
import { schemeOf, withoutPassword } from './address.ts'

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

/**
 * The brokers at these addresses, not open yet.
 * @throws {InputError} for a scheme that none of the kind has.
 */
export async function brokersAt(addresses: BrokerAddresses): Promise<Brokers> {
  const { dispatch, topics, submissions } = addresses
  return {
    ...(dispatch === undefined ? {} : { dispatch: await dispatchAt(dispatch) }),
    ...(topics === undefined ? {} : { topics: await topicsAt(topics) }),
    ...(submissions === undefined ? {} : { submissions: await submissionsAt(submissions) }),
  }
}

async function dispatchAt(url: string): Promise<Dispatch> {
  switch (schemeOf(url)) {
    case 'redis':
    case 'rediss': {
      const { bullmqDispatch } = await import('../../dispatch/bullmq/dispatch.ts')
      return bullmqDispatch(url)
    }
    case 'amqp':
    case 'amqps': {
      const { rabbitmqDispatch } = await import('../../dispatch/rabbitmq/dispatch.ts')
      return rabbitmqDispatch(url)
    }
    default:
      throw refused('dispatch', url, 'redis://… (BullMQ) or amqp://… (RabbitMQ)')
  }
}

async function topicsAt(url: string): Promise<Topics> {
  switch (schemeOf(url)) {
    case 'amqp':
    case 'amqps': {
      const { rabbitmqTopics } = await import('../../topics/rabbitmq/topics.ts')
      return rabbitmqTopics(url)
    }
    case 'kafka': {
      const { kafkaTopics } = await import('../../topics/kafka/topics.ts')
      return kafkaTopics(url.slice('kafka://'.length).replace(/\/.*$/, '').split(','))
    }
    default:
      throw refused('topics', url, 'amqp://… (RabbitMQ) or kafka://host:port,host:port')
  }
}

async function submissionsAt(url: string): Promise<SubmissionSource> {
  if (schemeOf(url)?.startsWith('amqp')) {
    const { rabbitmqIntake } = await import('../../dispatch/rabbitmq/intake.ts')
    return rabbitmqIntake(url)
  }
  throw refused('submissions', url, 'amqp://… (RabbitMQ)')
}

function refused(what: string, url: string, known: string): InputError {
  return new InputError(`${withoutPassword(url)} is no address for ${what}: give ${known}`)
}
