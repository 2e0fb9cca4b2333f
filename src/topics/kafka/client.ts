import type { Kafka } from 'kafkajs'
import { DispatchError } from '../../core/errors.ts'

/** Milliseconds; what takes longer counts as out of reach. */
const CONNECTION_TIMEOUT = 2000
/** With all its repetitions a request takes less than a process has its turn to tell (15 s). */
const REQUEST_TIMEOUT = 3000

/** A client of these brokers; nothing is connected yet. Its own log is kept quiet. */
export async function createClient(brokers: readonly string[], clientId: string): Promise<Kafka> {
  const { Kafka, logLevel } = await loadDriver()
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: CONNECTION_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    retry: { initialRetryTime: 100, retries: 3 },
    logLevel: logLevel.NOTHING,
  })
}

async function loadDriver(): Promise<typeof import('kafkajs')> {
  try {
    // What it exports is on its default export: it is a CommonJS module.
    const { default: driver } = await import('kafkajs')
    return driver
  } catch (cause) {
    throw new DispatchError('open', 'topics on Kafka need a package: npm install kafkajs', {
      cause,
    })
  }
}

/** What the driver threw, as it is told. */
export function toUnavailable(what: string, cause: unknown): DispatchError {
  const message = `Kafka cannot ${what}: ${reasonOf(cause)}; it is tried again when the brokers are back`
  return new DispatchError('unavailable', message, { cause })
}

export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
