import type { OutboxKind } from '../../ports/outbox.ts'
import { readConfig } from '../config/read-config.ts'
import { resolveSettings } from '../config/resolve.ts'
import type { Io } from '../io.ts'
import type { PlansOption, TargetOption } from '../options.ts'
import type { Backend } from './backend.ts'
import { createLocalBackend } from './local.ts'
import { createRemoteBackend } from './remote.ts'

/** What becomes of the work on the server that is addressed, or else in the database. */
export async function withBackend<T>(
  target: TargetOption & PlansOption,
  io: Io,
  use: (backend: Backend) => Promise<T>,
): Promise<T> {
  const { url } = target
  const backend =
    url === undefined
      ? createLocalBackend({ ...target, noted: await notedKinds(io) }, io)
      : createRemoteBackend(url, io.env['SETPOINT_TOKEN'] || undefined)
  try {
    return await use(backend)
  } finally {
    await backend.close()
  }
}

/**
 * By the brokers that the environment and the file name: whoever delivers by them, or publishes there,
 * then hears at once of what is changed here, and does not have to find it.
 */
async function notedKinds({ env }: Io): Promise<readonly OutboxKind[]> {
  const file = await readConfig(process.cwd())
  const { dispatch, topics } = resolveSettings({ flags: {}, env, file, defaults: {} })
  return [...(dispatch ? (['ready'] as const) : []), ...(topics ? (['status'] as const) : [])]
}
