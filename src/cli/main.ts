import { CommanderError } from 'commander'
import { applyConfig } from './config/apply.ts'
import { EXIT, reportFailure } from './failure.ts'
import type { Io } from './io.ts'
import { createProgram } from './program.ts'

/**
 * Runs one command line (without the program's own name) and resolves with its exit code. Never
 * rejects: what goes wrong is said on stderr.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done
  let json = false
  const program = createProgram({
    io,
    end: (ended) => {
      code = ended
    },
  })
  program.hook('preAction', async (_, command) => {
    json = command.opts()['json'] === true
    await applyConfig(command, io)
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(error, io, json)
    return error.exitCode === 0 ? EXIT.done : EXIT.badInput
  }
}
