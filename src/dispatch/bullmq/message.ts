import type { BulkJobOptions } from 'bullmq'
import type { DispatchMessage } from '../../ports/dispatch.ts'

/** A job as it lies in Redis, for whoever looks at it there: the message itself. */
export type JobData = DispatchMessage

export interface NewJob {
  readonly name: string
  readonly data: JobData
  readonly opts: BulkJobOptions
}

/**
 * BullMQ keeps a second job with the same id out while the first is there, and takes no id that is
 * a number or holds a colon. Its priorities begin with 1: 0 is a lane of its own before all others,
 * in which it puts what stalled. A job is never kept: what is done with is forgotten.
 */
export function toJob({ id, queue, priority, deliveries }: DispatchMessage): NewJob {
  return {
    name: 'ready',
    data: { id, queue, priority, deliveries },
    opts: {
      jobId: `${encode(id)}_${deliveries}`,
      priority: priority + 1,
      removeOnComplete: true,
      removeOnFail: true,
    },
  }
}

/** The name under which BullMQ knows a queue: it takes none with colons. */
export function toQueueName(queue: string): string {
  return encode(queue)
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
