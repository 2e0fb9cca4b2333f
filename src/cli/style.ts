import colors from 'picocolors'
import { type Io, isTerminal, type Output } from './io.ts'

export type Style = ReturnType<typeof colors.createColors>

/** Colours for a terminal; for anything else, or with `NO_COLOR` set, every style is plain text. */
export function styleFor(output: Output, env: Io['env']): Style {
  return colors.createColors(isTerminal(output, env) && !env['NO_COLOR'])
}

const OTHER_CONTROL = /(?!\n|\t)\p{Cc}/gu

/** Text from tasks and files, without control characters that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(OTHER_CONTROL, '\u{FFFD}')
}
