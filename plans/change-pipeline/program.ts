import { execFile } from 'node:child_process'

export interface ProgramRun {
  /** Undefined: a signal ended it. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface ProgramOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Ends the program. */
  readonly signal: AbortSignal
}

const LARGEST_OUTPUT = 16 * 1024 * 1024

/** Rejects when there is no such program and when the signal aborts, not when the program fails. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramRun> {
  options.signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const settings = { ...options, maxBuffer: LARGEST_OUTPUT, encoding: 'utf8' } as const
    const child = execFile(file, args, settings, (error, stdout, stderr) => {
      if (options.signal.aborted) reject(options.signal.reason)
      else if (error === null || typeof error.code === 'number' || error.signal) {
        resolve({ code: child.exitCode ?? undefined, stdout, stderr })
      } else reject(error)
    })
  })
}
