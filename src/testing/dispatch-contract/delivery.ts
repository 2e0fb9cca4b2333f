import { expect, test, vi } from 'vitest'
import {
  type MakeRoom,
  messagesOf,
  newMessage,
  openDispatch,
  openInbox,
  openNew,
  PATIENCE,
  reachDepth,
} from './open.ts'

const ODD_NAMES = [
  'with.dots',
  'with/slash and spaces',
  'with:colons',
  '{braces}*#%',
  'Ünïcödé 待ち行列 🚦',
  'x'.repeat(200),
]

export function deliveryContract(makeRoom: MakeRoom): void {
  test('a message arrives as it was published, at a consumer that was there before', async () => {
    const dispatch = await openNew(makeRoom)
    const inbox = await openInbox(dispatch)
    const message = newMessage({ priority: 17, deliveries: 3 })
    await dispatch.publish([message])
    const [delivery] = await inbox.reach(1)
    expect(delivery).toMatchObject({ ...message, redelivered: false })
    await delivery?.ack()
  })

  test('depth counts what waits, not what is in hand', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish(messagesOf('abc', { priority: 0 }))
    await dispatch.publish(messagesOf('de', { priority: 900 }))
    await reachDepth(dispatch, 5)
    await (await openInbox(dispatch, { capacity: 2 })).reach(2)
    await reachDepth(dispatch, 3)
  })

  test('no consumer ever has more in hand than its capacity', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish([0, 100, 500, 900].flatMap((priority) => nine(priority)))
    const inbox = await openInbox(dispatch, { capacity: 3 })
    for (let settled = 0; settled < 36; settled += 1) {
      await inbox.reach(Math.min(36, settled + 3))
      await inbox.deliveries[settled]?.ack()
    }
    expect(inbox.most).toBe(3)
    expect(new Set(inbox.ids()).size).toBe(36)
  })

  test('of competing consumers exactly one has a message, and each gets some', async () => {
    const room = await makeRoom()
    const dispatches = [await openDispatch(room), await openDispatch(room)]
    const inboxes = await Promise.all(dispatches.map((one) => openInbox(one, { capacity: 3 })))
    const given = Array.from({ length: 30 }, () => newMessage())
    const settled = new Set<unknown>()
    const all = () => inboxes.flatMap(({ deliveries }) => deliveries)
    await dispatches[0]?.publish(given)
    await Promise.all(inboxes.map((inbox) => inbox.reach(3)))
    await vi.waitFor(async () => {
      for (const delivery of all()) {
        if (settled.has(delivery)) continue
        settled.add(delivery)
        await delivery.ack()
      }
      expect(settled.size).toBe(30)
    }, PATIENCE)
    expect(
      all()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(given.map(({ id }) => id).sort())
  })

  test('what was acknowledged never comes again', async () => {
    const room = await makeRoom()
    const one = await openDispatch(room)
    await one.publish(messagesOf('abc'))
    const first = await openInbox(one, { capacity: 3, settle: 'ack' })
    await first.reach(3)
    await one.close()
    const other = await openDispatch(room)
    await other.publish(messagesOf('d'))
    const second = await openInbox(other, { capacity: 3, settle: 'ack' })
    await second.reach(1)
    await reachDepth(other, 0)
    expect(second.ids()).toEqual(['d'])
  })

  test('what is given back comes again at once, and says so', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish(messagesOf('a'))
    const inbox = await openInbox(dispatch)
    const [first] = await inbox.reach(1)
    await first?.nack()
    const [, second] = await inbox.reach(2)
    expect(first?.redelivered).toBe(false)
    expect(second).toMatchObject({ id: 'a', redelivered: true })
  })

  test('what one consumer keeps giving back reaches another', async () => {
    const room = await makeRoom()
    const [one, other] = [await openDispatch(room), await openDispatch(room)]
    await openInbox(one, { settle: 'nack' })
    const taker = await openInbox(other, { capacity: 2 })
    await one.publish(messagesOf('ab'))
    await taker.reach(2)
    expect(new Set(taker.ids())).toEqual(new Set(['a', 'b']))
  })

  test('a message survives being given back many times', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish(messagesOf('a'))
    const inbox = await openInbox(dispatch)
    for (let turn = 1; turn <= 12; turn += 1) {
      await inbox.reach(turn)
      await inbox.deliveries[turn - 1]?.nack()
    }
    await inbox.reach(13)
    await inbox.deliveries[12]?.ack()
    await inbox.close()
    await reachDepth(dispatch, 0)
  })

  test('a consumer that closes gives back what it holds, and takes nothing more', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish(messagesOf('abcd'))
    const inbox = await openInbox(dispatch, { capacity: 2 })
    const held = await inbox.reach(2)
    await inbox.close()
    await inbox.close()
    await reachDepth(dispatch, 4)
    await Promise.all(held.map((delivery) => delivery.ack()))
    const next = await openInbox(dispatch, { capacity: 4 })
    const deliveries = await next.reach(4)
    const again = deliveries.filter(({ redelivered }) => redelivered).map(({ id }) => id)
    expect([again.sort(), next.ids().sort()]).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
    ])
    expect(inbox.ids()).toEqual(['a', 'b'])
  })

  test('what a closing consumer held wakes one that waits', async () => {
    const room = await makeRoom()
    const [one, other] = [await openDispatch(room), await openDispatch(room)]
    const leaving = await openInbox(one)
    await one.publish(messagesOf('a'))
    await leaving.reach(1)
    const waiting = await openInbox(other, { settle: 'ack' })
    await leaving.close()
    const [delivery] = await waiting.reach(1)
    expect(delivery).toMatchObject({ id: 'a', redelivered: true })
  })

  test('settling twice does nothing', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish(messagesOf('ab'))
    const inbox = await openInbox(dispatch)
    const [first] = await inbox.reach(1)
    await Promise.all([first?.ack(), first?.ack(), first?.nack()])
    await inbox.reach(2)
    expect(inbox.ids()).toEqual(['a', 'b'])
    await reachDepth(dispatch, 0)
  })

  test('the same message twice, and a later one of the same tasklet, all reach somebody', async () => {
    const dispatch = await openNew(makeRoom)
    const [message] = messagesOf('a')
    if (message === undefined) throw new Error('no message')
    await dispatch.publish([message, message])
    await dispatch.publish([message, { ...message, deliveries: 1 }])
    await dispatch.publish(messagesOf('z', { priority: 900 }))
    const inbox = await openInbox(dispatch, { settle: 'ack' })
    await vi.waitFor(() => expect(inbox.ids()).toContain('z'), PATIENCE)
    const seen = inbox.deliveries.filter(({ id }) => id === 'a').map((one) => one.deliveries)
    expect(new Set(seen)).toEqual(new Set([0, 1]))
  })

  test('once acknowledged, the same message may be published again', async () => {
    const dispatch = await openNew(makeRoom)
    const inbox = await openInbox(dispatch)
    for (let turn = 1; turn <= 3; turn += 1) {
      await dispatch.publish(messagesOf('a'))
      await inbox.reach(turn)
      await inbox.deliveries[turn - 1]?.ack()
    }
    expect(inbox.deliveries.map(({ redelivered }) => redelivered)).toEqual([false, false, false])
  })

  test('names with odd characters are queues of their own', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish(ODD_NAMES.map((queue) => newMessage({ id: queue, queue })))
    for (const queue of ODD_NAMES) {
      await reachDepth(dispatch, 1, queue)
      const inbox = await openInbox(dispatch, { queue, settle: 'ack' })
      const [delivery] = await inbox.reach(1)
      expect(delivery).toMatchObject({ id: queue, queue })
      await inbox.close()
      expect(inbox.ids()).toEqual([queue])
    }
  })
}

function nine(priority: number) {
  return Array.from({ length: 9 }, () => newMessage({ priority }))
}
