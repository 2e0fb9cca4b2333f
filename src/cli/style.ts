import colors from 'picocolors'
import { type Io, isTerminal, type Output } from './io.ts'

export type Style = ReturnType<typeof colors.createColors>

/** Colours for a terminal; for anything else every style is plain text. */
export function styleFor(output: Output, env: Io['env']): Style {
  return colors.createColors(wantsColour(env) ?? isTerminal(output, env))
}

/** What the user says with `NO_COLOR` or `FORCE_COLOR` (0 or false: none); the former counts first. */
export function wantsColour({ NO_COLOR, FORCE_COLOR }: Io['env']): boolean | undefined {
  if (NO_COLOR) return false
  return FORCE_COLOR ? !['0', 'false'].includes(FORCE_COLOR) : undefined
}

const OTHER_CONTROL = /(?!\n|\t)\p{Cc}/gu

/** Text from tasks and files, without control characters that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(OTHER_CONTROL, '\u{FFFD}')
}
