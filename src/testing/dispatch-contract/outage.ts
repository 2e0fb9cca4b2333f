import { expect, test, vi } from 'vitest'
import type { Dispatch } from '../../ports/dispatch.ts'
import {
  type DispatchRoom,
  type MakeRoom,
  messagesOf,
  newMessage,
  openDispatch,
  openInbox,
  PATIENCE,
  reachDepth,
} from './open.ts'

/** The longest that a call may take to find out that the broker is not there. */
const SECONDS_TO_TELL = 10_000

export function severedContract(makeRoom: MakeRoom): void {
  test('what a consumer held whose connection died goes to another', async () => {
    const room = await makeRoom()
    const [one, other] = [await openDispatch(room), await openDispatch(room)]
    await other.publish(messagesOf('abc'))
    const dead = await openInbox(one, { capacity: 2 })
    const held = await dead.reach(2)
    await room.sever?.(one)
    const inbox = await openInbox(other, { settle: 'ack' })
    await inbox.reach(3)
    const again = inbox.deliveries.filter(({ redelivered }) => redelivered).map(({ id }) => id)
    expect([inbox.ids().sort(), again.sort()]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b'],
    ])
    await expect(Promise.all(held.map((delivery) => delivery.ack()))).resolves.toBeDefined()
  })
}

export function outageContract(makeRoom: MakeRoom): void {
  test('while the broker is away, publish and depth say so within seconds', async () => {
    const room = await makeRoom()
    const dispatch = await openDispatch(room)
    await dispatch.publish(messagesOf('a'))
    await room.stop?.()
    for (const call of [() => dispatch.publish(messagesOf('b')), () => dispatch.depth('main')]) {
      await expect(soon(call())).rejects.toMatchObject({ code: 'dispatch_unavailable' })
    }
    await restart(room)
    await publishAtLast(dispatch, 'c')
    await reachDepth(dispatch, 2)
  })

  test('consumers go on when the broker is back', async () => {
    const room = await makeRoom()
    const dispatch = await openDispatch(room)
    await dispatch.publish(messagesOf('a'))
    const inbox = await openInbox(dispatch, { capacity: 2, settle: 'ack' })
    await inbox.reach(1)
    await room.stop?.()
    await restart(room)
    await publishAtLast(dispatch, 'z')
    await vi.waitFor(() => expect(inbox.ids()).toContain('z'), PATIENCE)
  })

  test('what was in hand in the meantime is done with, or comes again', async () => {
    const room = await makeRoom()
    const dispatch = await openDispatch(room)
    await dispatch.publish(messagesOf('ab'))
    const inbox = await openInbox(dispatch, { capacity: 1 })
    const [first] = await inbox.reach(1)
    await room.stop?.()
    const acknowledged = first?.ack()
    await restart(room)
    await expect(acknowledged).resolves.toBeUndefined()
    await vi.waitFor(async () => {
      await inbox.deliveries.at(-1)?.ack()
      expect(inbox.ids()).toContain('b')
    }, PATIENCE)
    expect(inbox.most).toBe(1)
  })

  test('everything published arrives, however often the broker goes away', async () => {
    const room = await makeRoom()
    const [one, other] = [await openDispatch(room), await openDispatch(room)]
    const options = { capacity: 5, settle: 'ack' } as const
    const inboxes = [await openInbox(one, options), await openInbox(other, options)]
    const given = Array.from({ length: 120 }, () => newMessage())
    for (const from of [0, 40, 80]) {
      await vi.waitFor(() => one.publish(given.slice(from, from + 40)), PATIENCE)
      await room.stop?.()
      await restart(room)
    }
    await vi.waitFor(() => {
      const seen = new Set(inboxes.flatMap((inbox) => inbox.ids()))
      expect(given.filter(({ id }) => !seen.has(id))).toEqual([])
    }, PATIENCE)
  })

  test('a consumer that begins while the broker is away takes part when it is back', async () => {
    const room = await makeRoom()
    const dispatch = await openDispatch(room)
    await room.stop?.()
    const inbox = await openInbox(dispatch, { settle: 'ack' })
    await restart(room)
    await publishAtLast(dispatch, 'a')
    await inbox.reach(1)
  })

  test('losing the broker and having it back are told', async () => {
    const room = await makeRoom()
    const dispatch = await openDispatch(room)
    const seen: boolean[] = []
    const forget = dispatch.onConnection((isUp) => seen.push(isUp))
    await room.stop?.()
    await vi.waitFor(() => expect(seen).toEqual([false]), PATIENCE)
    await restart(room)
    await vi.waitFor(() => expect(seen).toEqual([false, true]), PATIENCE)
    forget()
    await room.stop?.()
    await expect(soon(dispatch.depth('main'))).rejects.toMatchObject({
      code: 'dispatch_unavailable',
    })
    expect(seen).toEqual([false, true])
  })

  test('closing does not wait for a broker that is away', async () => {
    const room = await makeRoom()
    const dispatch = await openDispatch(room)
    await dispatch.publish(messagesOf('a'))
    await (await openInbox(dispatch)).reach(1)
    await room.stop?.()
    await expect(soon(dispatch.close())).resolves.toBeUndefined()
  })
}

function publishAtLast(dispatch: Dispatch, id: string): Promise<void> {
  return vi.waitFor(() => dispatch.publish(messagesOf(id)), PATIENCE)
}

async function restart(room: DispatchRoom): Promise<void> {
  await room.start?.()
}

function soon(call: Promise<unknown>): Promise<unknown> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('it took too long')), SECONDS_TO_TELL).unref()
  })
  return Promise.race([call, late])
}
