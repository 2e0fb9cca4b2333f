import { expect, test } from 'vitest'
import {
  eventsOf,
  type MakeTopicsRoom,
  newEvent,
  newGate,
  openNewTopics,
  openReader,
  openTopics,
} from './open.ts'

export function topicsLifecycleContract(makeRoom: MakeTopicsRoom): void {
  test('before they are open and after they were closed, every call is refused', async () => {
    const topics = (await makeRoom()).connect()
    const refuse = async (): Promise<void> => {
      const options = { group: 'audit', onEvent: () => undefined }
      for (const call of [() => topics.publish([newEvent()]), () => topics.subscribe(options)]) {
        await expect(call()).rejects.toMatchObject({ code: 'dispatch_closed' })
      }
    }
    await refuse()
    await topics.open()
    await topics.close()
    await refuse()
    await topics.close()
  })

  test('closing what was never open does nothing', async () => {
    const topics = (await makeRoom()).connect()
    await expect(topics.close()).resolves.toBeUndefined()
  })

  test('what was closed can be opened again', async () => {
    const topics = await openNewTopics(makeRoom)
    await topics.close()
    await topics.open()
    const reader = await openReader(topics, 'audit')
    await topics.publish(eventsOf(['a']))
    await reader.reach(1)
  })

  test('an event comes as it was published', async () => {
    const topics = await openNewTopics(makeRoom)
    const reader = await openReader(topics, 'audit')
    const event = newEvent({ data: { text: 'Ünïcödé 🚦', none: null, list: [1, { deep: true }] } })
    await topics.publish([])
    await topics.publish([event])
    expect(await reader.reach(1)).toEqual([event])
  })

  test('closing a subscription waits for what is in hand, and takes nothing more', async () => {
    const room = await makeRoom()
    const topics = await openTopics(room)
    const gate = newGate()
    const reader = await openReader(topics, 'audit', { onEvent: () => gate.passed })
    await topics.publish(eventsOf(['a']))
    await reader.reach(1)
    let isClosed = false
    const closed = reader.close().then(() => {
      isClosed = true
    })
    await topics.publish(eventsOf(['b']))
    expect(isClosed).toBe(false)
    gate.open()
    await closed
    const next = await openReader(topics, 'audit')
    await next.reach(1)
    expect([reader.ids(), next.ids()]).toEqual([['a'], ['b']])
  })

  test('closing the topics closes their subscriptions', async () => {
    const room = await makeRoom()
    const [one, other] = [await openTopics(room), await openTopics(room)]
    const first = await openReader(one, 'audit')
    await one.close()
    await other.publish(eventsOf(['a']))
    const second = await openReader(other, 'audit')
    await second.reach(1)
    expect(first.ids()).toEqual([])
  })
}
