import { DispatchError } from '../../src/core/errors.ts'
import { type MemoryBroker, memoryBroker } from '../../src/dispatch/memory/broker.ts'
import type { ConsumeOptions, DispatchConsumer } from '../../src/ports/dispatch.ts'

export interface FaultyBroker extends MemoryBroker {
  /** Nothing gets through, and what its consumers held goes back. */
  goDown(): void
  comeBack(): void
  /** Forgets every message, as a broker does whose disk is gone. */
  lose(): void
}

interface Line {
  readonly options: ConsumeOptions
  consumer: DispatchConsumer | undefined
}

/**
 * A memory broker that can fail. Two over the same `inner` are two ways to one broker, of which
 * either can be cut; what one of them loses, only that one loses.
 */
export function faultyBroker(inner: MemoryBroker = memoryBroker()): FaultyBroker {
  const lines = new Set<Line>()
  const listeners = new Set<(isUp: boolean) => void>()
  let broker = inner
  let isUp = true
  const reached = (): MemoryBroker => {
    if (isUp) return broker
    throw new DispatchError('unavailable', 'the broker is down')
  }
  const disconnect = (): void => {
    // The memory broker gives back what is held before its close returns.
    for (const line of lines) void line.consumer?.close()
  }
  const connect = (): void => {
    for (const line of lines) line.consumer = broker.consume(line.options)
  }
  const turn = (to: boolean): void => {
    if (isUp === to) return
    isUp = to
    if (isUp) connect()
    else disconnect()
    for (const listener of listeners) listener(isUp)
  }
  return {
    publish: (messages) => reached().publish(messages),
    depth: (queue) => reached().depth(queue),
    consume(options) {
      const line: Line = { options, consumer: isUp ? broker.consume(options) : undefined }
      lines.add(line)
      return {
        close: async () => {
          lines.delete(line)
          await line.consumer?.close()
        },
      }
    },
    onConnection(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    goDown: () => turn(false),
    comeBack: () => turn(true),
    lose() {
      disconnect()
      broker = memoryBroker()
      if (isUp) connect()
    },
  }
}
