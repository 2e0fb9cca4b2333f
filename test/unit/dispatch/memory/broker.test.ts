import { expect, test } from 'vitest'
import { memoryBroker } from '../../../../src/dispatch/memory/broker.ts'
import { memoryDispatch } from '../../../../src/dispatch/memory/dispatch.ts'
import {
  messagesOf,
  openDispatch,
  openInbox,
} from '../../../../src/testing/dispatch-contract/open.ts'
import { faultyBroker } from '../../../support/faulty-broker.ts'

test('dispatches over one broker share its queues, others have their own', async () => {
  const broker = memoryBroker()
  const shared = { connect: () => memoryDispatch(broker) }
  const [one, other] = [await openDispatch(shared), await openDispatch(shared)]
  const alone = await openDispatch({ connect: () => memoryDispatch() })
  await one.publish(messagesOf('ab'))
  expect([await other.depth('main'), await alone.depth('main')]).toEqual([2, 0])
})

test('the second of two equal messages is left out while the first waits or is in hand', async () => {
  const dispatch = await openDispatch({ connect: () => memoryDispatch() })
  await dispatch.publish(messagesOf('a'))
  await dispatch.publish(messagesOf('a'))
  expect(await dispatch.depth('main')).toBe(1)
  const inbox = await openInbox(dispatch)
  await inbox.reach(1)
  await dispatch.publish(messagesOf('a'))
  expect(await dispatch.depth('main')).toBe(0)
})

test('consumers take turns', async () => {
  const dispatch = await openDispatch({ connect: () => memoryDispatch() })
  const one = await openInbox(dispatch, { capacity: 9 })
  const other = await openInbox(dispatch, { capacity: 9 })
  await dispatch.publish(messagesOf('abcdef'))
  await one.reach(3)
  await other.reach(3)
})

test('a faulty broker that loses everything goes on with its consumers', async () => {
  const broker = faultyBroker()
  const dispatch = await openDispatch({ connect: () => memoryDispatch(broker) })
  const inbox = await openInbox(dispatch)
  await dispatch.publish(messagesOf('ab'))
  const [held] = await inbox.reach(1)
  broker.lose()
  expect(await dispatch.depth('main')).toBe(0)
  await held?.nack()
  await dispatch.publish(messagesOf('c'))
  await inbox.reach(2)
  expect(inbox.ids()).toEqual(['a', 'c'])
})
