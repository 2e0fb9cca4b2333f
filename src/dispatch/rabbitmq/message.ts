import type { DispatchMessage } from '../../ports/dispatch.ts'

/** What is written for a message; the queue at the broker tells nothing by its name. */
export function toBody({ id, queue, priority, deliveries }: DispatchMessage): Buffer {
  return Buffer.from(JSON.stringify({ id, queue, priority, deliveries }))
}

/** Undefined for what we have not written. */
export function fromBody(body: unknown): DispatchMessage | undefined {
  const value = toValue(body)
  if (typeof value !== 'object' || value === null) return undefined
  const { id, queue, priority, deliveries } = value as { readonly [key: string]: unknown }
  if (typeof id !== 'string' || typeof queue !== 'string') return undefined
  if (typeof priority !== 'number' || typeof deliveries !== 'number') return undefined
  return { id, queue, priority, deliveries }
}

/** The driver has parsed it already, or could not. */
function toValue(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return body
  try {
    return JSON.parse(body.toString())
  } catch {
    // Whatever it is, it is no message of ours; the caller puts it aside.
    return undefined
  }
}
