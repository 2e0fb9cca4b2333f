import type * as bullmq from 'bullmq'
import type { Redis } from 'ioredis'
import { DispatchError } from '../../core/errors.ts'

export interface Driver {
  readonly bullmq: typeof bullmq
  readonly Redis: typeof Redis
}

/** Both packages are optional: only who delivers by BullMQ has to have them. */
export async function loadDriver(): Promise<Driver> {
  try {
    const [loaded, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
    return { bullmq: loaded, Redis }
  } catch (cause) {
    const message = 'delivery by BullMQ needs two packages: npm install bullmq ioredis'
    throw new DispatchError('open', message, { cause })
  }
}
