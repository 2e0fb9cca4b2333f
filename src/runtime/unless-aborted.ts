/** What the promise comes to; rejects with the signal's reason when that aborts first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  // The abort is asked first: it holds also for what is settled already.
  return Promise.race([aborted, promise]).finally(() => signal.removeEventListener('abort', abort))
}
