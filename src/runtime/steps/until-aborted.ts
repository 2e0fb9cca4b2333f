/** Rejects with the signal's reason. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  if (signal.aborted) reject(signal.reason)
  else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  // Whoever waits for something else as well may have stopped listening.
  promise.catch(() => {})
  return promise
}
