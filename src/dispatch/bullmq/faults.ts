/** How BullMQ says that a job is gone, has no lock any more, or is locked by somebody else. */
const LOST_CODES: readonly unknown[] = [-1, -2, -6]
const NOT_RENEWED = 'could not renew lock'

/**
 * What an operator should know of an error of a worker; undefined when there is nothing to know. A
 * lost lock has one text for every message: it is told once, however many were in hand.
 */
export function toFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return String(error)
  // `onConnection` tells it. The connection that blocks may go an instant before the others.
  if ('syscall' in error) return undefined
  const isLost = 'code' in error && LOST_CODES.includes(error.code)
  if (!isLost && !error.message.startsWith(NOT_RENEWED)) return error.message
  return 'a message was not settled in time and may come again: Redis lost it or was away, or this process was held up'
}
