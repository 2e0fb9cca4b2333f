/** Where text goes: a stream of the process, or a collector in a test. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** Everything of a process that a command may touch, so that commands run in a test as well. */
export interface Io {
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean }
  /** Results. */
  readonly stdout: Output
  /** Progress, hints and errors. */
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Calls the listener whenever the user asks the process to end; the returned function stops it. */
  onInterrupt(listener: (signal: InterruptSignal) => void): () => void
  /** Ends the process at once, whatever it is doing. */
  exit(code: number): void
}

export type InterruptSignal = 'SIGINT' | 'SIGTERM'

/** What a shell expects of a process that a signal ended. */
export const INTERRUPTED: Readonly<Record<InterruptSignal, number>> = { SIGINT: 130, SIGTERM: 143 }

/** Whether the output is a terminal that understands more than text. */
export function isTerminal(output: Output, env: Io['env']): boolean {
  return output.isTTY === true && env['TERM'] !== 'dumb'
}

/** Whether lines can be redrawn: a terminal without a size, as scripts make them, has no lines. */
export function isRedrawable(output: Output, env: Io['env']): boolean {
  return isTerminal(output, env) && (output.columns ?? 0) > 0
}

export function writeLine(output: Output, text = ''): void {
  output.write(`${text}\n`)
}

export function writeJson(output: Output, value: unknown): void {
  writeLine(output, JSON.stringify(value, undefined, 2))
}
