import { expect, test } from 'vitest'
import { spanOf, timelineBar } from '../../../src/cli/timeline-bar.ts'
import type { TimelineEntry } from '../../../src/runtime/operations/timeline.ts'

function entry(more: Partial<TimelineEntry>): TimelineEntry {
  const times = { queuedAt: 0, startedAt: undefined, preparedAt: undefined, settledAt: undefined }
  const rest = { id: 'a', task: 'kiln/fire', status: 'pending', waited: 0, ran: undefined } as const
  return { ...times, ...rest, attempts: 0, trail: undefined, ...more }
}

test('a bar shows waiting, preparation and the task to scale', () => {
  const done = entry({ queuedAt: 20, startedAt: 40, preparedAt: 60, settledAt: 80 })
  expect(timelineBar(done, { from: 0, to: 100 }, 10)).toBe('  ░░▒▒███ ')
})

test('what has not started waits until the end of the span', () => {
  expect(timelineBar(entry({ queuedAt: 50 }), { from: 0, to: 100 }, 4)).toBe('  ░░')
})

test('the span goes from the first submission to now while something has not ended', () => {
  const entries = [entry({ queuedAt: 30, settledAt: 40 }), entry({ queuedAt: 10 })]
  expect(spanOf(entries, 90)).toEqual({ from: 10, to: 90 })
  expect(spanOf([entry({ queuedAt: 30, settledAt: 30 })], 90)).toEqual({ from: 30, to: 31 })
})
