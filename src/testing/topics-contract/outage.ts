import { expect, test, vi } from 'vitest'
import type { Topics } from '../../ports/topics.ts'
import { eventsOf, type MakeTopicsRoom, newGate, openReader, openTopics, PATIENCE } from './open.ts'

/** The longest that a call may take to find out that the broker is not there. */
const SECONDS_TO_TELL = 10_000

export function severedTopicsContract(makeRoom: MakeTopicsRoom): void {
  test('what a member had in hand whose connection died goes to another, in order', async () => {
    const room = await makeRoom()
    const [one, other] = [await openTopics(room), await openTopics(room)]
    const gate = newGate()
    const dead = await openReader(one, 'audit', { onEvent: () => gate.passed })
    await other.publish(eventsOf(['a', 'b', 'c'], { subject: 's' }))
    await dead.reach(1)
    await room.sever?.(one)
    const reader = await openReader(other, 'audit')
    await reader.reach(3)
    expect(reader.ids()).toEqual(['a', 'b', 'c'])
    expect(dead.ids()).toEqual(['a'])
  })
}

export function topicsOutageContract(makeRoom: MakeTopicsRoom): void {
  test('while the broker is away, publish says so within seconds', async () => {
    const room = await makeRoom()
    const topics = await openTopics(room)
    await topics.publish(eventsOf(['a']))
    await room.stop?.()
    await expect(soon(topics.publish(eventsOf(['b'])))).rejects.toMatchObject({
      code: 'dispatch_unavailable',
    })
    await room.start?.()
    await publishAtLast(topics, 'c')
  })

  test('subscriptions go on when the broker is back, and nothing is lost', async () => {
    const room = await makeRoom()
    const topics = await openTopics(room)
    const gate = newGate()
    const done = new Set<string>()
    await openReader(topics, 'audit', {
      onEvent: async ({ id }) => {
        if (id === 'b') await gate.passed
        done.add(id)
      },
    })
    await topics.publish(eventsOf(['a', 'b', 'c'], { subject: 's' }))
    await vi.waitFor(() => expect(done).toEqual(new Set(['a'])), PATIENCE)
    await room.stop?.()
    gate.open()
    await room.start?.()
    await publishAtLast(topics, 'z')
    await vi.waitFor(() => expect(done).toEqual(new Set(['a', 'b', 'c', 'z'])), PATIENCE)
  })

  test('closing does not wait for a broker that is away', async () => {
    const room = await makeRoom()
    const topics = await openTopics(room)
    await openReader(topics, 'audit')
    await room.stop?.()
    await expect(soon(topics.close())).resolves.toBeUndefined()
  })
}

function publishAtLast(topics: Topics, id: string): Promise<void> {
  return vi.waitFor(() => topics.publish(eventsOf([id])), PATIENCE)
}

function soon<T>(call: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('it took too long')), SECONDS_TO_TELL).unref()
  })
  return Promise.race([call, late])
}
