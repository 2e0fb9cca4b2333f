import { expect, onTestFinished, vi } from 'vitest'
import type { Dispatch, DispatchDelivery, DispatchMessage } from '../../ports/dispatch.ts'

/** One broker, new and empty, and what a test does with it. */
export interface DispatchRoom {
  /** A new dispatch on this broker, not yet open: as another process would have it. */
  connect(): Dispatch
  /** Cuts what this dispatch is connected by, for good, as when its process dies. */
  sever?(dispatch: Dispatch): Promise<void> | void
  /** Stops the broker; it keeps its messages. */
  stop?(): Promise<void> | void
  start?(): Promise<void> | void
}

/** The suite closes the dispatches; whoever makes a room clears it away. */
export type MakeRoom = () => DispatchRoom | Promise<DispatchRoom>

/** How long anything may take that an engine does by itself: a reconnection, a lease that ends. */
export const PATIENCE = { timeout: 15_000, interval: 20 }

export async function openDispatch(room: DispatchRoom): Promise<Dispatch> {
  const dispatch = room.connect()
  await dispatch.open()
  onTestFinished(() => dispatch.close())
  return dispatch
}

export async function openNew(makeRoom: MakeRoom): Promise<Dispatch> {
  return openDispatch(await makeRoom())
}

export function newMessage(values: Partial<DispatchMessage> = {}): DispatchMessage {
  return { id: crypto.randomUUID(), queue: 'main', priority: 500, deliveries: 0, ...values }
}

/** Messages whose ids are told: `a`, `b`, `c`. */
export function messagesOf(ids: string, values: Partial<DispatchMessage> = {}): DispatchMessage[] {
  return [...ids].map((id) => newMessage({ id, ...values }))
}

export interface Inbox {
  /** Everything that came, in this order. */
  readonly deliveries: DispatchDelivery[]
  /** The most that were in hand at any time. */
  readonly most: number
  ids(): string[]
  /** Waits until so many have come. */
  reach(count: number): Promise<DispatchDelivery[]>
  close(): Promise<void>
}

export interface InboxOptions {
  readonly queue?: string
  readonly capacity?: number
  /** Default: keeps it in hand. */
  readonly settle?: 'ack' | 'nack'
}

/** A consumer that writes down what it is given. */
export async function openInbox(dispatch: Dispatch, options: InboxOptions = {}): Promise<Inbox> {
  const deliveries: DispatchDelivery[] = []
  let inHand = 0
  let most = 0
  const consumer = await dispatch.consume({
    queue: options.queue ?? 'main',
    capacity: options.capacity ?? 1,
    onDelivery(delivery) {
      inHand += 1
      most = Math.max(most, inHand)
      const counted = (call: () => Promise<void>) => async () => {
        inHand -= 1
        await call()
      }
      const seen = {
        ...delivery,
        ack: counted(() => delivery.ack()),
        nack: counted(() => delivery.nack()),
      }
      deliveries.push(seen)
      if (options.settle) void seen[options.settle]()
    },
  })
  const ids = (): string[] => deliveries.map(({ id }) => id)
  return {
    deliveries,
    get most() {
      return most
    },
    ids,
    async reach(count) {
      await vi.waitFor(
        () => expect(ids().length, ids().join()).toBeGreaterThanOrEqual(count),
        PATIENCE,
      )
      return deliveries
    },
    close: () => consumer.close(),
  }
}

/** Waits until so many messages wait for a consumer. */
export async function reachDepth(dispatch: Dispatch, depth: number, queue = 'main'): Promise<void> {
  await expect.poll(() => dispatch.depth(queue), PATIENCE).toBe(depth)
}
