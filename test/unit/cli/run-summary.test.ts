import { expect, test } from 'vitest'
import { formatOutput, formatSummary } from '../../../src/cli/run-summary.ts'
import { styleFor } from '../../../src/cli/style.ts'
import type { Tasklet, TrailStep } from '../../../src/core/tasklet.ts'
import { collectedIo } from './collected-io.ts'

const io = collectedIo()
const PLAIN = styleFor(io.stderr, io.env)

function step(
  event: string,
  to: string,
  outcome: TrailStep['outcome'],
  message?: string,
): TrailStep {
  return {
    event,
    task: event.toLowerCase(),
    from: 'cold',
    to,
    cost: 1,
    duration: 20,
    outcome,
    message,
  }
}

function ended(more: Partial<Tasklet>): Tasklet {
  const common = {
    status: 'completed',
    createdAt: 1000,
    settledAt: 3000,
    attempts: 0,
    maxAttempts: 1,
  }
  // Only what a summary reads.
  return { ...common, ...more } as Tasklet
}

test('the last line names the way that was taken round a failed edge', () => {
  const steps = [step('HEAT', 'hot', 'failed', 'no gas'), step('STOKE', 'hot', 'moved')]
  const tasklet = ended({ trail: { from: 'cold', target: 'hot', steps }, actualDuration: 100 })
  expect(formatSummary(tasklet, 'more', PLAIN)).toBe(
    '✔ completed in 2.0 s · cold → hot in 40 ms · ran 100 ms',
  )
})

test('a planning failure shows every edge that was tried, and where to read more', () => {
  const tasklet = ended({
    status: 'failed',
    error: { kind: 'planning', reason: 'trail', message: 'gave up' },
    trail: { from: 'cold', target: 'hot', steps: [step('HEAT', 'hot', 'failed', 'no \u{1b}gas')] },
  })
  expect(formatSummary(tasklet, 'more: here', PLAIN).split('\n')).toEqual([
    '  planning, trail: gave up',
    '  ✖ cold ──HEAT 1──▶ hot  heat, 20 ms: no \u{FFFD}gas',
    '  more: here',
    '✖ failed (planning) in 2.0 s · cold',
  ])
})

test('an output is text as it is, anything else as JSON, and nothing when there is none', () => {
  expect(formatOutput('a\nb')).toBe('a\nb')
  expect(formatOutput({ a: [] })).toBe('{\n  "a": []\n}')
  expect(formatOutput(null)).toBe('null')
  expect(formatOutput(undefined)).toBeUndefined()
})
