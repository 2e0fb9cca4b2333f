import { expect, test, vi } from 'vitest'
import {
  eventsOf,
  type MakeTopicsRoom,
  newEvent,
  newGate,
  openNewTopics,
  openReader,
  openTopics,
  PATIENCE,
} from './open.ts'

const ODD_NAMES = [
  'with.dots',
  'with/slash and spaces',
  '{braces}*#%',
  'Ünïcödé 🚦',
  'x'.repeat(200),
]

export function groupContract(makeRoom: MakeTopicsRoom): void {
  test('every group gets every event', async () => {
    const room = await makeRoom()
    const [one, other] = [await openTopics(room), await openTopics(room)]
    const readers = [await openReader(one, 'audit'), await openReader(other, 'mail')]
    const given = Array.from({ length: 30 }, () => newEvent())
    await one.publish(given.slice(0, 10))
    await other.publish(given.slice(10))
    const expected = given.map(({ id }) => id).sort()
    for (const reader of readers) {
      await reader.reach(30)
      expect(reader.ids().sort()).toEqual(expected)
    }
  })

  test('members of a group share: each event goes to one of them', async () => {
    const room = await makeRoom()
    const [one, other] = [await openTopics(room), await openTopics(room)]
    const readers = [await openReader(one, 'audit'), await openReader(other, 'audit')]
    const given = Array.from({ length: 40 }, () => newEvent())
    await one.publish(given)
    const ids = () => readers.flatMap((reader) => reader.ids()).sort()
    await vi.waitFor(() => expect(ids()).toEqual(given.map(({ id }) => id).sort()), PATIENCE)
  })

  test('when a member leaves, the others have what comes', async () => {
    const room = await makeRoom()
    const topics = [await openTopics(room), await openTopics(room)]
    const readers = await Promise.all(topics.map((each) => openReader(each, 'audit')))
    await topics[0]?.publish(eventsOf(['a', 'b']))
    const all = () => new Set(readers.flatMap((reader) => reader.ids()))
    await vi.waitFor(() => expect(all()).toEqual(new Set(['a', 'b'])), PATIENCE)
    await readers[0]?.close()
    await topics[0]?.publish(eventsOf(['c', 'd']))
    await vi.waitFor(() => expect(new Set(readers[1]?.ids())).toContain('d'), PATIENCE)
    expect(all()).toEqual(new Set(['a', 'b', 'c', 'd']))
  })

  test('a group keeps what is published while nobody reads, and gets nothing twice', async () => {
    const room = await makeRoom()
    const topics = await openTopics(room)
    const first = await openReader(topics, 'audit')
    await topics.publish(eventsOf(['a', 'b']))
    await first.reach(2)
    await first.close()
    await topics.publish(eventsOf(['c', 'd'], { subject: 's' }))
    const later = await openTopics(room)
    const second = await openReader(later, 'audit')
    await second.reach(2)
    await topics.publish(eventsOf(['e'], { subject: 's' }))
    await second.reach(3)
    expect(second.ids()).toEqual(['c', 'd', 'e'])
  })

  test('a group gets nothing of what was published before it was first seen', async () => {
    const topics = await openNewTopics(makeRoom)
    const early = await openReader(topics, 'early')
    await topics.publish(eventsOf(['a'], { subject: 's' }))
    await early.reach(1)
    const late = await openReader(topics, 'late')
    await topics.publish(eventsOf(['b'], { subject: 's' }))
    await early.reach(2)
    await late.reach(1)
    expect([early.ids(), late.ids()]).toEqual([['a', 'b'], ['b']])
  })

  test('groups that never read, or never finish, do not hold up others', async () => {
    const topics = await openNewTopics(makeRoom)
    await (await openReader(topics, 'gone')).close()
    const gate = newGate()
    const stuck = await openReader(topics, 'stuck', { onEvent: () => gate.passed })
    const reader = await openReader(topics, 'audit')
    const given = Array.from({ length: 300 }, (_, index) => newEvent({ subject: `s-${index % 3}` }))
    await topics.publish(given)
    await stuck.reach(1)
    await reader.reach(300)
    gate.open()
    await stuck.reach(300)
  })

  test('names with odd characters are groups of their own', async () => {
    const topics = await openNewTopics(makeRoom)
    const readers = await Promise.all(ODD_NAMES.map((name) => openReader(topics, name)))
    await topics.publish(eventsOf(['a']))
    for (const reader of readers) await reader.reach(1)
    expect(readers.map((reader) => reader.ids())).toEqual(ODD_NAMES.map(() => ['a']))
  })
}
