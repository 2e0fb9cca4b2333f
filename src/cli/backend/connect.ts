import type { Io } from '../io.ts'
import type { PlansOption, TargetOption } from '../options.ts'
import type { Backend } from './backend.ts'
import { createLocalBackend } from './local.ts'

/** What becomes of the work on the server that is addressed, or else in the database. */
export async function withBackend<T>(
  target: TargetOption & PlansOption,
  io: Io,
  use: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = createLocalBackend(target, io)
  try {
    return await use(backend)
  } finally {
    await backend.close()
  }
}
