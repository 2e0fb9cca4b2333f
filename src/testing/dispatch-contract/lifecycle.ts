import { expect, test } from 'vitest'
import {
  type MakeRoom,
  messagesOf,
  newMessage,
  openDispatch,
  openInbox,
  openNew,
  reachDepth,
} from './open.ts'

export function lifecycleContract(makeRoom: MakeRoom): void {
  test('before it is open and after it was closed, every call is refused', async () => {
    const dispatch = (await makeRoom()).connect()
    const refuses = async (): Promise<void> => {
      const options = { queue: 'main', capacity: 1, onDelivery: () => undefined }
      for (const call of [
        () => dispatch.publish([newMessage()]),
        () => dispatch.consume(options),
        () => dispatch.depth('main'),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'dispatch_closed' })
      }
    }
    await refuses()
    await dispatch.open()
    await dispatch.close()
    await refuses()
    await dispatch.close()
  })

  test('closing what was never open does nothing', async () => {
    const dispatch = (await makeRoom()).connect()
    await expect(dispatch.close()).resolves.toBeUndefined()
  })

  test('what was closed can be opened again', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.close()
    await dispatch.open()
    await dispatch.publish([newMessage()])
    await reachDepth(dispatch, 1)
  })

  test('messages outlast the dispatch that published them', async () => {
    const room = await makeRoom()
    const publisher = await openDispatch(room)
    await publisher.publish(messagesOf('ab'))
    await publisher.close()
    const inbox = await openInbox(await openDispatch(room), { settle: 'ack' })
    await inbox.reach(2)
    expect(inbox.ids()).toEqual(['a', 'b'])
  })

  test('publishing nothing, and the depth of an unknown queue', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish([])
    expect(await dispatch.depth('unheard-of')).toBe(0)
  })

  test('closing a dispatch closes its consumers, which give back what they hold', async () => {
    const room = await makeRoom()
    const [one, other] = [await openDispatch(room), await openDispatch(room)]
    await one.publish(messagesOf('ab'))
    const held = await openInbox(one, { capacity: 2 })
    await held.reach(2)
    await one.close()
    const inbox = await openInbox(other, { settle: 'ack' })
    const deliveries = await inbox.reach(2)
    expect(new Set(inbox.ids())).toEqual(new Set(['a', 'b']))
    expect(deliveries.every(({ redelivered }) => redelivered)).toBe(true)
    expect(held.deliveries).toHaveLength(2)
  })
}
