import { describe, expect, it } from 'vitest'
import { toQueues } from '../../../../src/runtime/options/queue-options.ts'

const slots = (work?: readonly string[]) =>
  Object.fromEntries(
    [...toQueues(8, { slow: { concurrency: 2 } }, work)].map(([name, { concurrency }]) => [
      name,
      concurrency,
    ]),
  )

describe('the queues that a process works on', () => {
  it('are all of them unless it is told otherwise', () => {
    expect(slots()).toEqual({ main: 8, event: 16, interrupt: 4, slow: 2 })
  })

  it('have slots, and the others have none', () => {
    expect(slots(['slow'])).toEqual({ main: 0, event: 0, interrupt: 0, slow: 2 })
    expect(slots([])).toEqual({ main: 0, event: 0, interrupt: 0, slow: 0 })
  })

  it('have to be queues that there are', () => {
    expect(() => slots(['slow', 'fast'])).toThrow(
      'work: there is no queue "fast"; there are main, event, interrupt, slow',
    )
  })
})
