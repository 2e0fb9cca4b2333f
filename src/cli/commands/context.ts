import type { Io } from '../io.ts'

/** What every command is given. */
export interface CommandContext {
  readonly io: Io
  /** Takes the exit code of the command that ran. */
  readonly end: (code: number) => void
}
