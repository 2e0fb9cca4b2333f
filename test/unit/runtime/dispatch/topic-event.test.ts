import { describe, expect, it } from 'vitest'
import { LEGAL_MOVES, STATUSES, type Status } from '../../../../src/core/status.ts'
import type { OutboxEntry } from '../../../../src/ports/outbox.ts'
import { toTopicEvent } from '../../../../src/runtime/dispatch/topic-event.ts'

const entry = (from: Status | undefined, to: Status, fields: object = {}): OutboxEntry => ({
  entry: 7,
  kind: 'status',
  id: 'id-1',
  plan: 'plan',
  task: 'work',
  queue: 'main',
  priority: 500,
  from,
  to,
  deliveries: 2,
  at: Date.UTC(2030, 0, 31),
  ...fields,
})

describe('the event that others are told', () => {
  it('is a CloudEvent, and the same whenever it is told', () => {
    expect(toTopicEvent(entry('running', 'completed'))).toEqual({
      specversion: '1.0',
      id: 'id-1:7',
      source: '/setpoint/plan/work',
      type: 'task.completed',
      subject: 'id-1',
      time: '2030-01-31T00:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        plan: 'plan',
        task: 'work',
        queue: 'main',
        status: 'completed',
        from: 'running',
        deliveries: 2,
        at: Date.UTC(2030, 0, 31),
      },
    })
  })

  it.each<[Status | undefined, Status, string]>([
    [undefined, 'pending', 'task.submitted'],
    [undefined, 'blocked', 'task.submitted'],
    [undefined, 'scheduled', 'task.submitted'],
    [undefined, 'failed', 'task.failed'],
    ['blocked', 'pending', 'task.ready'],
    ['running', 'pending', 'task.ready'],
    ['pending', 'running', 'task.started'],
    ['running', 'retrying', 'task.retrying'],
    ['running', 'scheduled', 'task.waiting'],
    ['running', 'cancelled', 'task.cancelled'],
  ])('says of a move from %s to %s: %3$s', (from, to, type) => {
    expect(toTopicEvent(entry(from, to)).type).toBe(type)
  })

  it('has a type for every move there is', () => {
    for (const from of STATUSES) {
      for (const to of LEGAL_MOVES[from]) {
        expect(toTopicEvent(entry(from, to)).type).toMatch(/^task\.[a-z]+$/)
      }
    }
  })

  it('can be told of any name', () => {
    const names = { plan: 'a/b c', task: '\uD800ü' }
    expect(toTopicEvent(entry('running', 'failed', names)).source).toBe(
      '/setpoint/a%2Fb%20c/%EF%BF%BD%C3%BC',
    )
  })
})
