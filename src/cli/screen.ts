import ora from 'ora'
import { type Io, isRedrawable, writeLine } from './io.ts'
import { printable, wantsColour } from './style.ts'

/** Where progress is shown. */
export interface Screen {
  /** A line that stays. */
  line(text: string): void
  /**
   * What is going on now. A terminal shows it beside a spinner and forgets it; elsewhere it becomes
   * a line when it comes with a milestone other than the last one.
   */
  activity(text: string, milestone?: string): void
  /** Nothing is going on any more. */
  close(): void
}

export function createScreen(io: Io): Screen {
  return isRedrawable(io.stderr, io.env) ? liveScreen(io) : plainScreen(io)
}

function liveScreen(io: Io): Screen {
  // Keys stay with the terminal: a spinner that reads them would have to pass Ctrl-C on.
  const spinner = ora({ stream: io.stderr, isEnabled: true, discardStdin: false })
  if (wantsColour(io.env) === false) spinner.color = false
  return {
    line(text) {
      const wasSpinning = spinner.isSpinning
      if (wasSpinning) spinner.stop()
      writeLine(io.stderr, text)
      if (wasSpinning) spinner.start()
    },
    activity(text) {
      spinner.text = printable(text)
      if (!spinner.isSpinning) spinner.start()
    },
    close: () => void spinner.stop(),
  }
}

function plainScreen({ stderr }: Io): Screen {
  let last: string | undefined
  return {
    line: (text) => writeLine(stderr, text),
    activity(text, milestone = last) {
      if (milestone === last) return
      last = milestone
      writeLine(stderr, `  ${printable(text)}`)
    },
    close: () => {},
  }
}
