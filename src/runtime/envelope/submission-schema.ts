import { z } from 'zod'
import type { SubmitOptions } from '../intake/submission.ts'
import {
  backoff,
  dependencyPolicy,
  duration,
  priority,
  source,
  terms,
  text,
  type Written,
} from './values.ts'

/** A moment for people and for machines. */
const moment = z
  .union([z.number(), z.iso.datetime({ offset: true })], {
    error: 'neither milliseconds since the epoch nor a time like 2030-01-31T08:00:00Z',
  })
  .register(terms, { description: 'Milliseconds since the epoch, or ISO 8601 with its offset.' })

const keyed = z.looseObject({ key: text, period: duration })

const unique = z.looseObject({
  key: text,
  period: z
    .union([z.literal('unsettled'), duration], { error: 'neither "unsettled" nor a duration' })
    .optional(),
  keepLast: z.boolean().optional(),
})

const dependsOn = z
  .union([z.array(text), z.record(z.string(), text)], {
    error: 'neither a list of ids nor an object of ids by name',
  })
  .register(terms, { description: 'Tasklets that have to be settled first: ids, or ids by name.' })

/** What of the options can be sent: a signal cannot. */
type Sent = Omit<Required<SubmitOptions>, 'signal' | 'runAt'> & { readonly runAt: number | string }

const options = z.looseObject({
  priority: priority.optional(),
  queue: text.optional(),
  delay: duration.optional(),
  runAt: moment.optional(),
  dependsOn: dependsOn.optional(),
  onDependencyFailure: dependencyPolicy.optional(),
  idempotencyKey: text.optional(),
  unique: unique.optional(),
  debounce: keyed.optional(),
  throttle: keyed.optional(),
  group: text.optional(),
  timeout: duration.optional(),
  acquireTimeout: duration.optional(),
  prepareTimeout: duration.optional(),
  expiresAfter: duration.optional(),
  retry: z
    .looseObject({ attempts: z.int().min(1).optional(), backoff: backoff.optional() })
    .optional(),
  tags: z.array(text).optional(),
  initialContext: z.unknown().optional(),
  traceId: z.string().optional(),
  traceparent: z.string().optional(),
  estimatedDuration: duration.optional(),
  source: source.optional(),
} satisfies { readonly [Key in keyof Sent]: z.ZodType<Written<Sent[Key]> | undefined> })

export const submissionSchema = z
  .looseObject({
    task: z.string().regex(/^[^/]+\/.+$/, 'not a full task name: use plan/task'),
    input: z.unknown().optional(),
    options: options.optional(),
  })
  .register(terms, { id: 'Submission', description: 'A wish to run a task.' })
