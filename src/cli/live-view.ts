import type { Clock } from '../ports/clock.ts'
import { type Io, writeLine } from './io.ts'

export interface LiveView<T> {
  readonly io: Io
  readonly clock: Clock
  /** Milliseconds between two drawings. */
  readonly every: number
  read(): Promise<T>
  draw(reading: T): string
}

// A line that wraps would count as two, and the next drawing would begin too low.
const BEGIN = '\u{1b}[?25l\u{1b}[?7l'
const END = '\u{1b}[?7h\u{1b}[?25h'
const CLEAR_BELOW = '\u{1b}[J'
const CLEAR_LINE = '\u{1b}[K'
const CLEAR_SCREEN = '\u{1b}[H\u{1b}[2J'

/** Draws over its last drawing until the user has seen enough (Ctrl-C); resolves with the last reading. */
export async function showLive<T>({ io, clock, every, read, draw }: LiveView<T>): Promise<T> {
  const ending = endOf(io)
  const { stdout } = io
  stdout.write(BEGIN)
  try {
    let before = { height: 0, size: sizeOf(stdout) }
    for (;;) {
      const reading = await read()
      const size = sizeOf(stdout)
      const lines = fitted(draw(reading).split('\n'), stdout.rows)
      // A terminal that changed its size has moved and broken what stands in it.
      const start = size === before.size ? toTop(before.height) : CLEAR_SCREEN
      const text = lines.map((line) => `${line}${CLEAR_LINE}`).join('\n')
      writeLine(stdout, `${start}\r${text}${CLEAR_BELOW}`)
      before = { height: lines.length, size }
      if (await ending.within(clock, every)) return reading
    }
  } finally {
    ending.forget()
    stdout.write(END)
  }
}

function sizeOf({ columns, rows }: Io['stdout']): string {
  return `${columns}×${rows}`
}

function toTop(height: number): string {
  return height === 0 ? '' : `\u{1b}[${height}A`
}

/** What has scrolled out of the terminal cannot be drawn over; the cursor takes a row of its own. */
function fitted(lines: readonly string[], rows: number | undefined): readonly string[] {
  if (!rows || lines.length < rows) return lines
  const shown = lines.slice(0, Math.max(1, rows - 2))
  return [...shown, `… ${lines.length - shown.length} more lines: the terminal is too low`]
}

/** The user's wish to end, which may come at any time. */
function endOf(io: Io) {
  let isAsked = false
  let tell = (): void => {}
  const forget = io.onInterrupt(() => {
    isAsked = true
    tell()
  })
  return {
    forget,
    /** Whether it has come, or comes within the time. */
    within: (clock: Clock, ms: number): Promise<boolean> =>
      new Promise((resolve) => {
        if (isAsked) {
          resolve(true)
          return
        }
        const cancel = clock.setTimer(clock.now() + ms, () => resolve(false))
        tell = () => {
          cancel()
          resolve(true)
        }
      }),
  }
}
