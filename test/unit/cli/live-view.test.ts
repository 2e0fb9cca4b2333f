import { expect, test } from 'vitest'
import { showLive } from '../../../src/cli/live-view.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { collectedIo } from './collected-io.ts'

/** A view of so many lines on a terminal of this size. */
function live(lines: number, size: { columns: number; rows: number }) {
  const io = collectedIo()
  Object.assign(io.stdout, { isTTY: true, ...size })
  const clock = new ManualClock()
  let readings = 0
  const ended = showLive({
    io,
    clock,
    every: 1000,
    read: async () => (readings += 1),
    draw: (reading) => Array.from({ length: lines }, (_, row) => `${reading}:${row}`).join('\n'),
  })
  return { io, clock, ended }
}

const ESC = '\u{1b}'

test('A drawing that fits is drawn over in its place.', async () => {
  const { io, clock, ended } = live(3, { columns: 80, rows: 24 })
  await io.printed('1:2')
  await clock.advance(1000)
  await io.printed('2:2')
  expect(io.texts.stdout).toContain(`${ESC}[3A\r2:0`)
  io.interrupt()
  expect(await ended).toBe(2)
})

test('A drawing that is higher than the terminal is cut, and says so.', async () => {
  const { io, ended } = live(30, { columns: 80, rows: 10 })
  await io.printed('more lines')
  expect(io.texts.stdout).toContain('1:7')
  expect(io.texts.stdout).not.toContain('1:8')
  expect(io.texts.stdout).toContain('… 22 more lines: the terminal is too low')
  io.interrupt()
  await ended
})

test('A terminal that has changed its size is cleared before it is drawn anew.', async () => {
  const { io, clock, ended } = live(3, { columns: 80, rows: 24 })
  await io.printed('1:2')
  Object.assign(io.stdout, { columns: 40 })
  await clock.advance(1000)
  await io.printed('2:2')
  expect(io.texts.stdout).toContain(`${ESC}[H${ESC}[2J\r2:0`)
  io.interrupt()
  await ended
})
