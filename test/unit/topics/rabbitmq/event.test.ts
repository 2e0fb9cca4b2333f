import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toRegExp } from '../../../../src/core/event-patterns.ts'
import { newEvent } from '../../../../src/testing/topics-contract/open.ts'
import { fromBody, toOutgoing, toRoutingPattern } from '../../../../src/topics/rabbitmq/event.ts'

/** What a topic exchange does: `*` is one word, `#` any number, and nothing else is special. */
function routes([first, ...rest]: readonly string[], type: readonly string[]): boolean {
  if (first === undefined) return type.length === 0
  if (first === '#')
    return routes(rest, type) || (type.length > 0 && routes([first, ...rest], type.slice(1)))
  return type.length > 0 && (first === '*' || first === type[0]) && routes(rest, type.slice(1))
}

const word = fc.constantFrom('a', 'b', 'ab')
const type = fc.array(word, { minLength: 1, maxLength: 4 })
const pattern = fc.array(fc.oneof(word, fc.constantFrom('*', '**', 'a*')), {
  minLength: 1,
  maxLength: 4,
})

describe('an event at the broker', () => {
  it('is CloudEvents JSON, routed by its type, with its attributes as headers', () => {
    const event = newEvent({ type: 'task.failed' })
    const { envelope, body } = toOutgoing('setpoint.events', event)
    expect(JSON.parse(body.toString())).toEqual(event)
    expect(envelope).toMatchObject({
      exchange: 'setpoint.events',
      routingKey: 'task.failed',
      messageId: event.id,
      contentType: 'application/cloudevents+json',
      headers: { 'cloudEvents:specversion': '1.0', 'cloudEvents:subject': event.subject },
    })
    expect(fromBody(body)).toEqual(event)
  })

  it('is told from what is no event', () => {
    for (const body of ['', 'null', '[]', '{"id":"a"}', '{']) {
      expect(fromBody(Buffer.from(body)), body).toBeUndefined()
    }
  })

  it('reaches at least every group whose pattern stands for its type', () => {
    fc.assert(
      fc.property(pattern, type, (words, name) => {
        if (!toRegExp(words.join('.')).test(name.join('.'))) return
        const routing = toRoutingPattern(words.join('.'))
        expect(routes(routing.split('.'), name), routing).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
