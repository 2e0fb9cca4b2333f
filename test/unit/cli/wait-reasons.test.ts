import { expect, test } from 'vitest'
import { showWaiting } from '../../../src/cli/wait-reasons.ts'
import type { Explanation } from '../../../src/runtime/operations/reason.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function watch(explanations: readonly (Explanation | Error)[]) {
  const clock = new ManualClock()
  const lines: string[] = []
  const left = [...explanations]
  const explain = async () => {
    const next = left.shift() ?? { runnable: true, reasons: [], waits: [] }
    if (next instanceof Error) throw next
    return next
  }
  const screen = {
    line: (text: string) => lines.push(text),
    activity: (text: string) => lines.push(text),
    close: () => {},
  }
  const stop = showWaiting(explain, screen, clock)
  return { clock, lines, left, stop }
}

const paused: Explanation = {
  runnable: false,
  reasons: [{ code: 'queue-paused', message: 'queue main is paused' }],
  waits: [],
}

test('a tasklet that waits for a second is explained, and not before', async () => {
  const { clock, lines } = watch([paused])
  await clock.advance(999)
  expect(lines).toEqual([])
  await clock.advance(1)
  expect(lines).toEqual(['waits: queue main is paused'])
})

test('a wait is not called a wait twice', async () => {
  const message = 'waits for event go'
  const { clock, lines } = watch([{ ...paused, reasons: [{ code: 'waiting', message }] }])
  await clock.advance(1000)
  expect(lines).toEqual([message])
})

test('what runs, is settled or waits for its retry is left to the progress', async () => {
  const codes = ['running', 'settled', 'retrying'] as const
  const { clock, lines } = watch(
    codes.map((code) => ({ runnable: false, reasons: [{ code, message: code }], waits: [] })),
  )
  await clock.advance(5000)
  expect(lines).toEqual([])
})

test('nothing is asked any more once it is over', async () => {
  const { clock, left, stop } = watch([paused, paused])
  await clock.advance(1000)
  stop()
  await clock.advance(5000)
  expect(left).toHaveLength(1)
  expect(clock.pending).toBe(0)
})

test('a store that does not answer is said, not thrown', async () => {
  const { clock, lines } = watch([new Error('no disk')])
  await clock.advance(1000)
  expect(lines).toEqual(['why it waits cannot be said: no disk'])
})
