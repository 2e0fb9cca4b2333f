import { expect, test } from 'vitest'
import { toRegExp } from '../../core/event-patterns.ts'
import { type MakeTopicsRoom, newEvent, openNewTopics, openReader } from './open.ts'

const TYPES = [
  'task',
  'task.completed',
  'task.failed',
  'task.step.completed',
  'tasks.completed',
  'interrupt.raised',
]

const PATTERNS = [
  'task.completed',
  'task.*',
  'task.**',
  '**.completed',
  '*.completed',
  'task.**.completed',
  'task*.completed',
  '**',
]

export function patternContract(makeRoom: MakeTopicsRoom): void {
  test('a group gets the types that its pattern stands for, and no others', async () => {
    const topics = await openNewTopics(makeRoom)
    // One subject: once the last of them has come, nothing else is to come before it.
    const given = [...TYPES, ...TYPES].map((type) => newEvent({ type, subject: 's' }))
    const readers = await Promise.all(
      PATTERNS.map((pattern) => openReader(topics, `group ${pattern}`, { pattern })),
    )
    await topics.publish(given)
    for (const [index, pattern] of PATTERNS.entries()) {
      const expected = given.filter(({ type }) => toRegExp(pattern).test(type))
      const came = await readers[index]?.reach(expected.length)
      expect(
        came?.map(({ type }) => type),
        pattern,
      ).toEqual(expected.map(({ type }) => type))
    }
  })

  test('a pattern that nothing could match is refused', async () => {
    const topics = await openNewTopics(makeRoom)
    const subscribed = topics.subscribe({ group: 'g', pattern: 'a..b', onEvent: () => undefined })
    await expect(subscribed).rejects.toMatchObject({ code: 'invalid_input' })
  })
}
