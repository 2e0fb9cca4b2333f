import { Connection } from 'rabbitmq-client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { bandQueue, bandQueues } from '../../src/dispatch/rabbitmq/bands.ts'
import { rabbitmqDispatch } from '../../src/dispatch/rabbitmq/dispatch.ts'
import type { RabbitmqDispatchOptions } from '../../src/dispatch/rabbitmq/options.ts'
import type { Dispatch } from '../../src/ports/dispatch.ts'
import {
  messagesOf,
  newMessage,
  openInbox,
  PATIENCE,
  reachDepth,
} from '../../src/testing/dispatch-contract/open.ts'
import { openRabbitmqRoom } from '../support/rabbitmq-rooms.ts'
import { describeService } from '../support/services.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

interface Setting {
  readonly dispatch: Dispatch
  readonly proxy: TcpProxy
  readonly prefix: string
  readonly warnings: string[]
  /** What an operator does. */
  readonly operator: Connection
  another(): Promise<Dispatch>
}

async function openSetting(url: string, options: RabbitmqDispatchOptions = {}): Promise<Setting> {
  const room = await openRabbitmqRoom(url)
  const { prefix } = room
  room.willMake([...bandQueues(prefix, 'main'), `${prefix}.dead`], [`${prefix}.dead`])
  const warnings: string[] = []
  const operator = new Connection({ url, noDelay: true })
  onTestFinished(() => operator.close())
  const connect = async (): Promise<{ dispatch: Dispatch; proxy: TcpProxy }> => {
    const { url: way, proxy } = room.next()
    const onWarning = (message: string) => void warnings.push(message)
    const dispatch = rabbitmqDispatch(way, { prefix, onWarning, ...options })
    await dispatch.open()
    onTestFinished(() => dispatch.close())
    return { dispatch, proxy }
  }
  const another = async () => (await connect()).dispatch
  return { ...(await connect()), prefix, warnings, operator, another }
}

describeService('rabbitmq', (url) => {
  test('what comes back too often is put aside, where people can look at it', async () => {
    const { dispatch, operator, prefix } = await openSetting(url, { deliveryLimit: 2 })
    await dispatch.publish(messagesOf('a'))
    const inbox = await openInbox(dispatch, { settle: 'nack' })
    const dead = { queue: `${prefix}.dead` }
    const depth = async () => (await operator.queueDeclare({ ...dead, passive: true })).messageCount
    await expect.poll(depth, PATIENCE).toBe(1)
    expect(inbox.ids()).toEqual(['a', 'a', 'a'])
    expect(await operator.basicGet(dead)).toMatchObject({ body: { id: 'a', queue: 'main' } })
    await reachDepth(dispatch, 0)
  })

  test('what others write into our queues is put aside, and holds up nothing', async () => {
    const { dispatch, operator, prefix, warnings } = await openSetting(url)
    await dispatch.depth('main')
    const publisher = operator.createPublisher({ confirm: true })
    const routingKey = bandQueue(prefix, 'main', 500)
    for (const body of ['no JSON', { id: 7 }, Buffer.from('')]) {
      await publisher.send({ routingKey, durable: true }, body)
    }
    await publisher.close()
    await dispatch.publish(messagesOf('a'))
    const inbox = await openInbox(dispatch, { settle: 'ack' })
    await inbox.reach(1)
    expect(inbox.ids()).toEqual(['a'])
    expect(warnings).toEqual(['a message in queue "main" is not ours: it is put aside'])
  })

  test('what a full consumer cannot take goes to another, whatever its band', async () => {
    const { dispatch, another } = await openSetting(url)
    const full = await openInbox(dispatch, { capacity: 1 })
    await dispatch.publish(messagesOf('a', { priority: 900 }))
    await full.reach(1)
    const idle = await openInbox(await another(), { capacity: 4 })
    await dispatch.publish([0, 100, 500, 900].map((priority) => newMessage({ priority })))
    await idle.reach(4)
    expect(full.deliveries).toHaveLength(1)
  })

  test('messages in several bands at once never exceed a capacity of one', async () => {
    const { dispatch } = await openSetting(url)
    const inbox = await openInbox(dispatch, { capacity: 1 })
    for (let round = 1; round <= 10; round += 1) {
      await dispatch.publish([0, 100, 500, 900].map((priority) => newMessage({ priority })))
      for (let done = 4 * (round - 1); done < 4 * round; done += 1) {
        await inbox.reach(done + 1)
        await inbox.deliveries[done]?.ack()
      }
    }
    expect(inbox.most).toBe(1)
    expect(new Set(inbox.ids()).size).toBe(40)
  })

  test('of many that wait no more than the capacity is in hand, and the urgent overtake', async () => {
    const { dispatch } = await openSetting(url)
    const given = Array.from({ length: 600 }, () => newMessage())
    await dispatch.publish(given)
    const urgent = newMessage({ priority: 0 })
    const came: string[] = []
    let inHand = 0
    let most = 0
    await dispatch.consume({
      queue: 'main',
      capacity: 20,
      onDelivery(delivery) {
        came.push(delivery.id)
        inHand += 1
        most = Math.max(most, inHand)
        if (came.length === 40) void dispatch.publish([urgent])
        setTimeout(() => {
          inHand -= 1
          void delivery.ack()
        }, 2)
      },
    })
    await vi.waitFor(() => expect(came.length).toBeGreaterThanOrEqual(601), PATIENCE)
    expect(most).toBeLessThanOrEqual(20)
    expect(came.filter((id) => id !== urgent.id)).toEqual(given.map(({ id }) => id))
    expect(came.indexOf(urgent.id)).toBeLessThan(400)
  })

  test.each([1, 3, 8, 20])(
    'a capacity of %i is used to the full by work that takes long',
    async (capacity) => {
      const { dispatch } = await openSetting(url)
      await dispatch.publish(messagesOf('x'.repeat(60), { priority: 900 }))
      const inbox = await openInbox(dispatch, { capacity })
      await vi.waitFor(() => expect(inbox.deliveries).toHaveLength(capacity), PATIENCE)
      await Promise.all(inbox.deliveries.slice(0, capacity - 1).map((delivery) => delivery.ack()))
      await vi.waitFor(() => expect(inbox.deliveries).toHaveLength(2 * capacity - 1), PATIENCE)
      expect(inbox.most).toBe(capacity)
    },
  )

  test('queues that somebody deletes are made again, by who publishes and who consumes', async () => {
    const { dispatch, operator, prefix } = await openSetting(url)
    const remove = async () => {
      for (const queue of bandQueues(prefix, 'main')) await operator.queueDelete({ queue })
    }
    await dispatch.publish(messagesOf('a'))
    await remove()
    await dispatch.publish(messagesOf('b'))
    const inbox = await openInbox(dispatch, { capacity: 8, settle: 'ack' })
    await inbox.reach(1)
    const queue = bandQueue(prefix, 'main', 500)
    const consumers = async () =>
      (await operator.queueDeclare({ queue, passive: true })).consumerCount
    await expect.poll(consumers, PATIENCE).toBe(1)
    await remove()
    await dispatch.publish(messagesOf('c'))
    await inbox.reach(2)
    expect(inbox.ids()).toEqual(['b', 'c'])
  })

  test('a broker that takes everything and answers nothing is unavailable within seconds', async () => {
    const { dispatch, proxy } = await openSetting(url)
    await dispatch.publish(messagesOf('a'))
    proxy.blackhole()
    const calls = [dispatch.publish(messagesOf('b')), dispatch.depth('main')]
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ reason: { code: 'dispatch_unavailable' } })
    }
    proxy.heal()
    await vi.waitFor(() => dispatch.publish(messagesOf('c')), PATIENCE)
    const inbox = await openInbox(dispatch, { settle: 'ack' })
    await vi.waitFor(() => expect(inbox.ids()).toContain('c'), PATIENCE)
  })

  test('a wrong password is told at open', async () => {
    const wrong = new URL(url)
    wrong.password = 'wrong'
    await expect(rabbitmqDispatch(wrong.href).open()).rejects.toThrow(/ACCESS_REFUSED/i)
  })
})
