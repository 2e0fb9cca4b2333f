import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Tally } from '../../../../src/ports/store-messages.ts'
import { toThroughputs } from '../../../../src/runtime/operations/throughput.ts'

const MINUTE = 60_000
const NOW = 1000 * MINUTE + 30_000

/** What happened in one queue in the minute so many minutes before the one that goes on. */
function tally(ago: number, counts: Partial<Tally> = {}): Tally {
  const minute = (1000 - ago) * MINUTE
  const none = { submitted: 0, completed: 0, failed: 0, cancelled: 0, retried: 0, leasesExpired: 0 }
  return { queue: 'main', minute, ...none, waits: [], runs: [], ...counts }
}

function of(tallies: readonly Tally[], minutes: number, queue = 'main') {
  return toThroughputs(tallies, [queue], { at: NOW, window: minutes * MINUTE })[0]
}

test('there is one number for each minute, oldest first, the one that goes on included', () => {
  const tallies = [tally(0, { submitted: 3 }), tally(2, { submitted: 1 })]
  expect(of(tallies, 4)).toEqual({ queue: 'main', in: [0, 1, 0, 3], out: [0, 0, 0, 0] })
})

test('whatever way a tasklet ends it went out, and a new attempt is neither', () => {
  const counts = { completed: 1, failed: 2, cancelled: 4, retried: 8, leasesExpired: 16 }
  expect(of([tally(0, counts)], 1)).toEqual({ queue: 'main', in: [0], out: [7] })
})

test('what is older than the window is left out', () => {
  expect(of([tally(2, { submitted: 9 })], 2)?.in).toEqual([0, 0])
})

test('queues are told apart, and one without a tally has moved nothing', () => {
  const tallies = [tally(0, { submitted: 1 }), tally(0, { queue: 'bulk', submitted: 5 })]
  const flow = toThroughputs(tallies, ['bulk', 'quiet', 'main'], { at: NOW, window: MINUTE })
  expect(flow).toEqual([
    { queue: 'bulk', in: [5], out: [0] },
    { queue: 'quiet', in: [0], out: [0] },
    { queue: 'main', in: [1], out: [0] },
  ])
})

test('a window of a part of a minute is a minute, and a long one half an hour', () => {
  const minutesOf = (window: number) =>
    toThroughputs([], ['main'], { at: NOW, window })[0]?.in.length
  expect([0, 1, MINUTE, MINUTE + 1, 24 * 60 * MINUTE].map(minutesOf)).toEqual([1, 1, 1, 2, 30])
})

test('whatever lies in the window is counted once', () => {
  const counts = fc.record({ submitted: fc.nat(99), completed: fc.nat(99), failed: fc.nat(99) })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(counts, { maxLength: 40 }),
      (minutes, each) => {
        const flow = of(
          each.map((one, ago) => tally(ago, one)),
          minutes,
        )
        const seen = each.slice(0, minutes)
        const sum = (numbers: readonly number[] = []) => numbers.reduce((a, b) => a + b, 0)
        expect(sum(flow?.in)).toBe(sum(seen.map(({ submitted }) => submitted)))
        expect(sum(flow?.out)).toBe(sum(seen.map(({ completed, failed }) => completed + failed)))
      },
    ),
  )
})
