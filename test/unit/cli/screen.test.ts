import { expect, test } from 'vitest'
import { createScreen } from '../../../src/cli/screen.ts'
import { collectedIo } from './collected-io.ts'

test('away from a terminal an activity becomes a line once for each milestone', () => {
  const io = collectedIo()
  const screen = createScreen(io)
  screen.activity('only for a spinner')
  screen.activity('10 %', 'first')
  screen.activity('11 %', 'first')
  screen.line('a line')
  screen.activity('20 %', 'second')
  screen.close()
  expect(io.texts.stderr).toBe('  10 %\na line\n  20 %\n')
})

test('control characters from a task do not reach the output', () => {
  const io = collectedIo()
  createScreen(io).activity('\u{1b}[2Jcleared', 'x')
  expect(io.texts.stderr).toBe('  \u{FFFD}[2Jcleared\n')
})
