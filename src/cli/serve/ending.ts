import type { Log } from '../../plan/handler.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { EXIT } from '../failure.ts'
import { INTERRUPTED, type Io } from '../io.ts'

const DRAIN = '30s'

interface Ending {
  readonly runtime: Runtime
  readonly logger: Log
  /** A duration; 30s unless given. */
  readonly drain?: string | number | undefined
  /** The first signal has come: nothing more is taken in. */
  stopping?(): void
}

/**
 * Listens for what ends the process: a signal, after which running work may end, or a failure of the
 * runtime. Resolves with the exit code.
 */
export function endingOf(ending: Ending, io: Io): Promise<number> {
  const { runtime, logger, drain = DRAIN } = ending
  return new Promise((resolve) => {
    let isStopping = false
    const forget = io.onInterrupt((signal) => {
      if (isStopping) {
        io.exit(INTERRUPTED[signal])
        return
      }
      isStopping = true
      ending.stopping?.()
      logger.info(
        `${signal}: letting running work end, for ${drain} at most; the same again ends at once`,
      )
      const stopped = runtime.stop({ drain }).then(() => {
        forget()
        resolve(EXIT.done)
      })
      stopped.catch((error: unknown) => logger.error('cannot stop', { error }))
    })
    runtime.events.on('runtime.failed', ({ data }) => {
      logger.error('the runtime has failed', { error: data.error })
      forget()
      resolve(EXIT.failed)
    })
  })
}
