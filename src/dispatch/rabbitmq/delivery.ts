import type { AsyncMessage, Channel, SyncMessage } from 'rabbitmq-client'
import type { DispatchDelivery, DispatchMessage } from '../../ports/dispatch.ts'

/** Where a message came from, and has to be settled. */
export interface Origin {
  readonly channel: Channel
  readonly message: AsyncMessage | SyncMessage
}

/** What a consumer has decided about a message. */
export interface Settling {
  acknowledge(): void
  giveBack(): void
}

/** Settled once: whatever comes after that does nothing. */
export function toDelivery(
  content: DispatchMessage,
  origin: Origin,
  { acknowledge, giveBack }: Settling,
): DispatchDelivery {
  let isSettled = false
  const once = (settle: () => void) => async (): Promise<void> => {
    if (isSettled) return
    isSettled = true
    settle()
  }
  const { redelivered } = origin.message
  return { ...content, redelivered, ack: once(acknowledge), nack: once(giveBack) }
}

// What is in hand on a channel that has ended is delivered again: there is nothing to settle.

export function acknowledge({ channel, message: { deliveryTag } }: Origin): void {
  if (channel.active) channel.basicAck({ deliveryTag })
}

export function giveBack({ channel, message: { deliveryTag } }: Origin): void {
  if (channel.active) channel.basicNack({ deliveryTag, requeue: true })
}

/** The broker moves it to the dead messages. */
export function putAside({ channel, message: { deliveryTag } }: Origin): void {
  if (channel.active) channel.basicNack({ deliveryTag, requeue: false })
}
