import { z } from 'zod'
import { quote } from '../diagnostic.ts'
import type { Finding, Path } from '../finding.ts'
import type { RetryPolicy } from '../handler.ts'
import { closed, DurationValue } from '../schema/values.ts'

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

/** What must not happen twice cannot be tried again. */
export function notAgain(action: string, path: Path): Finding {
  const message = `${quote(action)} is not idempotent, so it is not tried again: leave out ${quote('retry')}, or have its code say that it may be`
  return { rule: 'not-idempotent', path, at: 'key', message }
}
