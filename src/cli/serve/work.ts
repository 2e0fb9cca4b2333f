import { hostname } from 'node:os'
import { InputError } from '../../core/errors.ts'
import { type Io, writeLine } from '../io.ts'
import { toShown } from './banner.ts'
import { endingOf } from './ending.ts'
import { type HostSettings, startHosted, withHost } from './hosting.ts'

/**
 * Runs tasklets, and answers nobody. Resolves with the exit code when something has ended it.
 * @throws {InputError} when there is no queue of which it shall run anything.
 */
export async function workUntilStopped(settings: HostSettings, io: Io): Promise<number> {
  if (settings.work?.length === 0) {
    throw new InputError('a worker with no queue would do nothing: name one with --work')
  }
  return withHost(settings, io, async (hosted) => {
    const { runtime, logger } = hosted
    const ending = endingOf({ runtime, logger, drain: settings.drain }, io)
    await startHosted(hosted)
    const plans = runtime.plans.map(({ name }) => name)
    const { db, brokers } = toShown(settings)
    logger.info('working', { plans, work: settings.work ?? 'all', db, ...brokers })
    writeLine(io.stdout, `working ${hostname()}/${process.pid}`)
    return ending
  })
}
