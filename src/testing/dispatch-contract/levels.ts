import { expect, test } from 'vitest'
import { type MakeRoom, newMessage, openInbox, openNew, reachDepth } from './open.ts'

export function levelContract(makeRoom: MakeRoom): void {
  test('every priority from 0 to 1000 is a level of its own', async () => {
    const dispatch = await openNew(makeRoom)
    const priorities = [1000, 1, 501, 0, 500, 999, 2, 499]
    await dispatch.publish(priorities.map((priority) => newMessage({ priority })))
    await reachDepth(dispatch, priorities.length)
    const inbox = await openInbox(dispatch, { settle: 'ack' })
    const deliveries = await inbox.reach(priorities.length)
    const expected = priorities.toSorted((one, other) => one - other)
    expect(deliveries.map(({ priority }) => priority)).toEqual(expected)
  })

  test('what was given back keeps its place before what was published later', async () => {
    const dispatch = await openNew(makeRoom)
    await dispatch.publish(['a', 'b', 'c'].map((id) => newMessage({ id })))
    const inbox = await openInbox(dispatch)
    const [first] = await inbox.reach(1)
    await first?.nack()
    const [, second] = await inbox.reach(2)
    expect(second?.id).toBe('a')
  })
}
