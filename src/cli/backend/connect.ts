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
      ? createLocalBackend(target, io)
      : createRemoteBackend(url, io.env['SETPOINT_TOKEN'] || undefined)
  try {
    return await use(backend)
  } finally {
    await backend.close()
  }
}
