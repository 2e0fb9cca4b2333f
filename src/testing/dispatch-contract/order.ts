import { expect, test } from 'vitest'
import { type MakeRoom, newMessage, openInbox, openNew, reachDepth } from './open.ts'

export function orderContract(makeRoom: MakeRoom): void {
  test('the lowest priority number comes first, equals as they were published', async () => {
    const dispatch = await openNew(makeRoom)
    const given = [500, 900, 0, 500, 100, 900, 0, 100].map((priority, index) =>
      newMessage({ id: `${priority}-${index}`, priority }),
    )
    await dispatch.publish(given.slice(0, 5))
    await dispatch.publish(given.slice(5))
    await reachDepth(dispatch, 8)
    const inbox = await openInbox(dispatch, { settle: 'ack' })
    await inbox.reach(8)
    expect(inbox.ids()).toEqual([
      '0-2',
      '0-6',
      '100-4',
      '100-7',
      '500-0',
      '500-3',
      '900-1',
      '900-5',
    ])
  })

  test('what is published later with a lower number overtakes what waits', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish([1, 2, 3].map((id) => newMessage({ id: `low-${id}`, priority: 900 })))
    const inbox = await openInbox(dispatch)
    const [first] = await inbox.reach(1)
    await dispatch.publish([newMessage({ id: 'urgent', priority: 0 })])
    await first?.ack()
    const [, second] = await inbox.reach(2)
    expect([first?.id, second?.id]).toEqual(['low-1', 'urgent'])
  })

  test('many come in the order in which they were published', async () => {
    const dispatch = await openNew(makeRoom)
    const given = Array.from({ length: 300 }, (_, index) => newMessage({ id: `m-${index}` }))
    await dispatch.publish(given)
    const inbox = await openInbox(dispatch, { settle: 'ack' })
    await inbox.reach(300)
    expect(inbox.ids()).toEqual(given.map(({ id }) => id))
  })

  test('one queue does not delay another', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish([newMessage(), newMessage(), newMessage({ id: 'e', queue: 'event' })])
    const main = await openInbox(dispatch)
    await main.reach(1)
    const event = await openInbox(dispatch, { queue: 'event', settle: 'ack' })
    const [delivery] = await event.reach(1)
    expect(delivery).toMatchObject({ id: 'e', queue: 'event' })
    await reachDepth(dispatch, 1)
  })
}
