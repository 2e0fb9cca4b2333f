import type { Outgoing } from '../../dispatch/rabbitmq/publisher.ts'
import type { TopicEvent } from '../../ports/topics.ts'

/** CloudEvents 1.0 in its structured form; the headers are for those who filter without reading. */
export function toOutgoing(exchange: string, event: TopicEvent): Outgoing {
  const { specversion, id, source, type, subject, time } = event
  return {
    body: Buffer.from(JSON.stringify(event)),
    envelope: {
      exchange,
      routingKey: type,
      messageId: id,
      type,
      contentType: 'application/cloudevents+json',
      headers: {
        'cloudEvents:specversion': specversion,
        'cloudEvents:id': id,
        'cloudEvents:source': source,
        'cloudEvents:type': type,
        'cloudEvents:subject': subject,
        'cloudEvents:time': time,
      },
    },
  }
}

/** Undefined for what is no event of ours. */
export function fromBody(body: unknown): TopicEvent | undefined {
  try {
    const value: unknown = Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body
    return isEvent(value) ? value : undefined
  } catch {
    // Not even JSON; the caller tells of it.
    return undefined
  }
}

function isEvent(value: unknown): value is TopicEvent {
  if (typeof value !== 'object' || value === null) return false
  const fields: { readonly [field: string]: unknown } = { ...value }
  return ['id', 'source', 'type', 'subject'].every((field) => typeof fields[field] === 'string')
}

/**
 * The routing pattern for all types of a pattern of ours, and perhaps some more: a word at the
 * broker is matched whole or not at all, and its `#` at the end also stands for nothing.
 */
export function toRoutingPattern(pattern: string): string {
  const words = pattern.split('.').map((word) => {
    if (word === '**') return '#'
    return word.includes('*') ? '*' : word
  })
  return words.join('.')
}
