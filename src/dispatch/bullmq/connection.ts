import type { Redis } from 'ioredis'
import { DispatchError } from '../../core/errors.ts'
import type { Driver } from './driver.ts'
import type { Settings } from './options.ts'
import { findFaults } from './server.ts'

const CONNECT_MS = 5_000
const ANSWER_MS = 5_000
/** Longer than the 5 s for which a consumer blocks: an idle connection is no dead one. */
const SILENCE_MS = 15_000
const LONGEST_PAUSE_MS = 2_000

/**
 * The connections that everything of one dispatch shares; BullMQ makes one more for each consumer,
 * to block on.
 */
export interface Connections {
  /** Refuses at once while Redis is away: whoever publishes has to hear it. */
  readonly publishing: Redis
  /** Keeps what it is given until Redis is back. */
  readonly consuming: Redis
  /** Fulfilled when the consuming one is lost the next time. */
  lost(): Promise<void>
  close(): Promise<void>
}

export async function connect(
  driver: Driver,
  settings: Settings,
  onConnection: (isUp: boolean) => void,
): Promise<Connections> {
  const common = {
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    retryStrategy: (times: number) => Math.min(times * 100, LONGEST_PAUSE_MS),
    ...settings.connection,
  }
  const publishing = new driver.Redis(settings.url, {
    ...common,
    commandTimeout: ANSWER_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
  })
  const consuming = new driver.Redis(settings.url, {
    ...common,
    maxRetriesPerRequest: null,
  })
  try {
    await Promise.all([ready(publishing), ready(consuming)])
    for (const fault of findFaults(await publishing.info())) settings.warn(fault)
  } catch (cause) {
    publishing.disconnect()
    consuming.disconnect()
    throw toOpenError(settings.url, cause)
  }
  watch(publishing, onConnection)
  let loss = Promise.withResolvers<void>()
  consuming.on('close', () => {
    loss.resolve()
    loss = Promise.withResolvers()
  })
  return {
    publishing,
    consuming,
    lost: () => loss.promise,
    async close() {
      await Promise.all([publishing, consuming].map(leave))
    },
  }
}

export function isUp(redis: Redis): boolean {
  return redis.status === 'ready'
}

/** Resolves when it is connected; rejects with the reason when the first attempt fails. */
function ready(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason = new Error('the connection was closed')
    // Stays for good: an error without a listener would end the process. Afterwards the loss of
    // the connection is told by `watch`, and what fails for it rejects where it was called.
    redis.on('error', (error: Error) => {
      reason = error
    })
    redis.once('ready', resolve)
    redis.once('close', () => reject(reason))
  })
}

function watch(redis: Redis, onConnection: (isUp: boolean) => void): void {
  let wasUp = true
  const turn = (to: boolean) => () => {
    if (wasUp === to) return
    wasUp = to
    onConnection(to)
  }
  redis.on('ready', turn(true))
  redis.on('close', turn(false))
}

async function leave(redis: Redis): Promise<void> {
  // What is between two attempts to connect never tells that it has ended.
  if (!isUp(redis)) return redis.disconnect()
  const ended = new Promise<void>((resolve) => redis.once('end', () => resolve()))
  redis.disconnect()
  await ended
}

function toOpenError(url: string, cause: unknown): DispatchError {
  if (cause instanceof DispatchError) return cause
  const reason = cause instanceof Error ? cause.message || String(cause) : String(cause)
  const message = `Redis at ${withoutPassword(url)} cannot be used (${reason}): start it, or correct the URL`
  return new DispatchError('open', message, { cause })
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//')
}
