import { expect, test } from 'vitest'
import { styleFor } from '../../../src/cli/style.ts'
import { formatHistory } from '../../../src/cli/tasklet-history.ts'
import type { Tasklet } from '../../../src/core/tasklet.ts'
import type { StepReport } from '../../../src/runtime/steps/step-log.ts'
import { makeDelivery } from '../../support/deliveries.ts'
import { collectedIo } from './collected-io.ts'

const STYLE = styleFor(collectedIo().stdout, {})
const START = Date.UTC(2026, 0, 1)

function drawn(changes: Partial<Tasklet>, steps: readonly StepReport[] = []): readonly string[] {
  const { tasklet } = makeDelivery({ lease: undefined, createdAt: START, ...changes })
  return formatHistory(tasklet, STYLE, steps).split('\n')
}

test('A tasklet that has gone through is drawn with its transitions and how long everything took.', () => {
  const step = { event: 'HEAT', task: 'heat', from: 'cold', to: 'hot', cost: 5, duration: 30 }
  const lines = drawn({
    status: 'completed',
    deliveries: 1,
    startedAt: START + 10,
    settledAt: START + 2050,
    actualDuration: 2000,
    trail: { from: 'cold', target: 'hot', steps: [{ ...step, outcome: 'moved' }] },
  })
  expect(lines).toEqual([
    '┌     +0  submitted  2026-01-01T00:00:00.000Z',
    '│  10 ms  waited for its turn',
    '├ +10 ms  started',
    '│  40 ms  was prepared',
    '│         ✔ cold ──HEAT 5──▶ hot  heat, 30 ms',
    '├ +50 ms  prepared',
    '│  2.0 s  ran',
    '└ +2.0 s  ✔ completed',
  ])
})

test('The steps of a task stand where they ran, with how long each took if that is known.', () => {
  const lines = drawn(
    {
      status: 'failed',
      deliveries: 1,
      startedAt: START + 10,
      settledAt: START + 2050,
      actualDuration: 2000,
      error: { kind: 'error', message: 'no rows', step: 'parse' },
    },
    [
      { key: 'fetch', status: 'completed' },
      { key: 'dump[1]', attempt: 1, status: 'cancelled', duration: 20 },
      { key: 'parse', attempt: 2, status: 'failed', duration: 1500, message: 'no rows' },
    ],
  )
  expect(lines.slice(4)).toEqual([
    '├ +50 ms  prepared',
    '│  2.0 s  ran',
    '│         ✔ fetch',
    '│         – dump[1]  cancelled, 20 ms',
    '│         ✖ parse  1.5 s, attempt 2: no rows',
    '└ +2.0 s  ✖ failed: no rows',
  ])
})

test('Attempts that failed are drawn with their messages, the last of them as the end.', () => {
  const error = (message: string) => ({ kind: 'error' as const, message })
  const lines = drawn({
    status: 'failed',
    deliveries: 2,
    startedAt: START + 300,
    settledAt: START + 400,
    error: error('no glue'),
    failures: [
      { attempt: 1, at: START + 100, error: error('no tape\nat all') },
      { attempt: 2, at: START + 400, error: error('no glue') },
    ],
  })
  expect(lines).toEqual([
    '┌      +0  submitted  2026-01-01T00:00:00.000Z',
    '│  100 ms  waited, and earlier deliveries',
    '├ +100 ms  ✖ attempt 1 failed: no tape',
    '│  200 ms  waited for attempt 2',
    '├ +300 ms  started, delivery 2',
    '│  100 ms  was prepared',
    '└ +400 ms  ✖ failed in attempt 2: no glue',
  ])
})

test.each([
  { status: 'pending', says: 'waits for its turn' },
  { status: 'blocked', says: 'waits for what it depends on' },
  { status: 'running', startedAt: START + 5, says: 'is under way' },
  {
    status: 'scheduled',
    notBefore: START + 1,
    says: 'waits for its time, due 2026-01-01T00:00:00.001Z',
  },
  { status: 'scheduled', startedAt: START + 5, says: 'waits and holds nothing meanwhile' },
  { status: 'retrying', attempts: 1, says: 'waits for attempt 2' },
] as const)('The line of one that is $status stays open: it $says.', ({ says, ...changes }) => {
  const last = drawn({ notBefore: undefined, ...changes }).at(-1)
  expect(last?.startsWith('┆ ')).toBe(true)
  expect(last).toContain(says)
})
