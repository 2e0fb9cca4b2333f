import { expect, test, vi } from 'vitest'
import type { TopicEvent } from '../../ports/topics.ts'
import {
  eventsOf,
  type MakeTopicsRoom,
  newEvent,
  openNewTopics,
  openReader,
  openTopics,
  PATIENCE,
} from './open.ts'

const SUBJECTS = 7

export function subjectContract(makeRoom: MakeTopicsRoom): void {
  test('events of a subject come in order, one after the other, however many members', async () => {
    const room = await makeRoom()
    const members = await Promise.all([openTopics(room), openTopics(room), openTopics(room)])
    const done: TopicEvent[] = []
    const busy = new Set<string>()
    const overlaps: string[] = []
    const onEvent = async (event: TopicEvent): Promise<void> => {
      if (busy.has(event.subject)) overlaps.push(event.id)
      busy.add(event.subject)
      // Some take longer than others, so that what is begun together does not end in order.
      for (let turn = Number(event.id) % 5; turn >= 0; turn -= 1) await new Promise(setImmediate)
      busy.delete(event.subject)
      done.push(event)
    }
    for (const topics of members) await openReader(topics, 'audit', { onEvent })
    const given = Array.from({ length: 210 }, (_, index) =>
      newEvent({ id: `${index}`, subject: `s-${index % SUBJECTS}` }),
    )
    for (let at = 0; at < given.length; at += 30)
      await members[0]?.publish(given.slice(at, at + 30))
    await vi.waitFor(() => expect(done).toHaveLength(given.length), PATIENCE)
    const bySubject = (events: readonly TopicEvent[]) =>
      Object.groupBy(events, ({ subject }) => subject)
    expect(overlaps).toEqual([])
    expect(bySubject(done)).toEqual(bySubject(given))
  })

  test('events of a subject keep their order when a member leaves in the middle', async () => {
    const room = await makeRoom()
    const done: string[] = []
    const onEvent = async ({ id }: TopicEvent): Promise<void> => {
      await new Promise(setImmediate)
      done.push(id)
    }
    const leaving = await openReader(await openTopics(room), 'audit', { onEvent })
    const topics = await openTopics(room)
    await openReader(topics, 'audit', { onEvent })
    const ids = Array.from({ length: 120 }, (_, index) => `${index}`)
    const published = topics.publish(eventsOf(ids, { subject: 's' }))
    await vi.waitFor(() => expect(done.length).toBeGreaterThan(10), { ...PATIENCE, interval: 1 })
    await leaving.close()
    await published
    await vi.waitFor(() => expect(done).toHaveLength(ids.length), PATIENCE)
    expect(done).toEqual(ids)
  })

  test('an event whose handler rejects comes again, and later ones of its subject wait', async () => {
    const topics = await openNewTopics(makeRoom)
    let failures = 2
    const done: string[] = []
    const reader = await openReader(topics, 'audit', {
      onEvent: async ({ id }) => {
        if (id === 'a' && failures > 0) {
          failures -= 1
          throw new Error('not yet')
        }
        done.push(id)
      },
    })
    await topics.publish([
      ...eventsOf(['a', 'b', 'c'], { subject: 'one' }),
      ...eventsOf(['z'], { subject: 'other' }),
    ])
    await reader.reach(4)
    expect(reader.ids().filter((id) => id !== 'z')).toEqual(['a', 'a', 'a', 'b', 'c'])
    await vi.waitFor(
      () => expect(done.filter((id) => id !== 'z')).toEqual(['a', 'b', 'c']),
      PATIENCE,
    )
  })

  test('what one subject waits for does not hold up another', async () => {
    const topics = await openNewTopics(makeRoom)
    let isRefused = true
    const reader = await openReader(topics, 'audit', {
      onEvent: ({ subject }) => {
        if (isRefused && subject === 'one') throw new Error('not yet')
      },
    })
    await topics.publish([
      ...eventsOf(['a', 'b'], { subject: 'one' }),
      ...eventsOf(['x', 'y'], { subject: 'other' }),
    ])
    await vi.waitFor(() => expect(reader.ids()).toContain('y'), PATIENCE)
    expect(reader.ids()).not.toContain('b')
    isRefused = false
    await vi.waitFor(() => expect(reader.ids()).toContain('b'), PATIENCE)
  })
}
