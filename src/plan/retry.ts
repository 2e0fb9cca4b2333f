import { z } from 'zod'
import type { RetryPolicy } from './handler.ts'
import { closed, DurationValue } from './schema-values.ts'

export const RetrySchema = closed({
  attempts: z.number().int().min(1).max(1000).optional(),
  backoff: closed({
    type: z.enum(['fixed', 'exponential']),
    delay: DurationValue,
    max: DurationValue.optional(),
    jitter: z.number().min(0).max(1).optional(),
  }).optional(),
  except: z.array(z.string()).readonly().optional(),
  onPlanning: z.boolean().optional(),
})

const DEFAULT_RETRY: RetryPolicy = {
  attempts: 1,
  backoff: { type: 'exponential', delay: 1000, max: 60_000, jitter: 0.2 },
  except: [],
  onPlanning: false,
}

/** What was declared, and for the rest one attempt, or a backoff that suits most. */
export function toRetry(retry: z.output<typeof RetrySchema> | undefined): RetryPolicy {
  return {
    attempts: retry?.attempts ?? DEFAULT_RETRY.attempts,
    backoff: retry?.backoff ?? DEFAULT_RETRY.backoff,
    except: retry?.except ?? DEFAULT_RETRY.except,
    onPlanning: retry?.onPlanning ?? DEFAULT_RETRY.onPlanning,
  }
}
