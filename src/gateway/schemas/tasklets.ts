import { z } from 'zod'
import { submissionSchema } from '../../runtime/envelope/submission-schema.ts'
import { taskletFields } from '../../runtime/envelope/tasklet-schema.ts'
import { terms, text } from '../../runtime/envelope/values.ts'
import { cursor } from './inputs.ts'

export const viewSchema = z
  .looseObject({
    ...taskletFields,
    phase: z.enum(['acquiring', 'preparing', 'executing', 'settling']).optional(),
  })
  .register(terms, {
    id: 'TaskletView',
    description: 'A record and, while it runs in the process that answers, what it is doing.',
  })

/** A listing; `cursor` is there when there is more. */
export function pageOf(item: z.ZodType) {
  return z.object({ items: z.array(item), cursor: cursor.optional() })
}

const given = submissionSchema.shape.options.unwrap()
const { unique, debounce, throttle, retry } = given.shape
const retryOptions = retry.unwrap()

/** Options as messages have them; but a client hears of a key that stands for nothing. */
export const submitOptions = given
  .extend({
    unique: unique.unwrap().strict().optional(),
    debounce: debounce.unwrap().strict().optional(),
    throttle: throttle.unwrap().strict().optional(),
    retry: retryOptions
      .extend({ backoff: retryOptions.shape.backoff.unwrap().strict().optional() })
      .strict()
      .optional(),
    // The others say that the runtime itself has submitted it.
    source: given.shape.source.unwrap().extract(['api', 'manual']).optional(),
  })
  .strict()
  .register(terms, { id: 'SubmitOptions', description: 'How, when and whether it is run.' })

export const submissionBody = submissionSchema
  .extend({ options: submitOptions.optional() })
  .strict()
  .register(terms, { id: 'NewTasklet', description: 'A wish to run a task.' })

const MOST_ENTRIES = 1000

export const batchBody = z
  .strictObject({
    entries: z
      .array(
        z.strictObject({
          key: text,
          task: submissionSchema.shape.task,
          input: z.unknown().optional(),
          options: submitOptions.omit({ dependsOn: true }).optional(),
          dependsOn: given.shape.dependsOn,
        }),
      )
      .min(1)
      .max(MOST_ENTRIES),
  })
  .register(terms, { id: 'NewBatch', description: 'Tasklets that are stored together, or none.' })

const REASONS = ['idempotency-key', 'unique', 'throttled', 'debounced', 'replaced', 'replayed']

export const acceptedSchema = z
  .object({
    id: text,
    created: z.boolean(),
    reason: z.enum(REASONS).optional(),
  })
  .register(terms, {
    id: 'Accepted',
    description: 'The stored tasklet; with `created: false` an earlier one, and the reason.',
  })

export const batchSchema = z
  .object({ tasklets: z.record(z.string(), acceptedSchema) })
  .register(terms, { id: 'AcceptedBatch', description: 'The stored tasklets, by their keys.' })
