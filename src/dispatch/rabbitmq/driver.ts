import type { Connection } from 'rabbitmq-client'
import { DispatchError } from '../../core/errors.ts'

/** The driver is an optional peer dependency: only who uses RabbitMQ has it, and loads it. */
export async function loadConnection(): Promise<typeof Connection> {
  try {
    return (await import('rabbitmq-client')).Connection
  } catch (cause) {
    const message = 'RabbitMQ needs its driver: npm install rabbitmq-client'
    throw new DispatchError('open', message, { cause })
  }
}
