import { z } from 'zod'
import { toMilliseconds } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import { PRIORITIES, toPriority } from '../../core/priority.ts'
import type { DependencyPolicy, Source } from '../../core/tasklet.ts'

/**
 * `T` as JSON writes it: what is undefined is left out. Schemas are held against it, so that a field
 * which a type gains or changes is an error here.
 */
export type Written<T> = T extends readonly (infer Item)[]
  ? readonly Written<Item>[]
  : T extends object
    ? { readonly [Key in keyof T as undefined extends T[Key] ? never : Key]: Written<T[Key]> } & {
        readonly [Key in keyof T as undefined extends T[Key] ? Key : never]?:
          | Written<T[Key]>
          | undefined
      }
    : T

/** Names and descriptions for the published schema; zod's own registry belongs to the process. */
export const terms = z.registry<{ readonly id?: string; readonly description: string }>()

export const text = z.string().min(1)
export const count = z.int().min(0)

export const time = z
  .number()
  .register(terms, { id: 'Time', description: 'Milliseconds since the epoch.' })

export const milliseconds = z
  .number()
  .min(0)
  .register(terms, { id: 'Milliseconds', description: 'A length of time in milliseconds.' })

export const priorityNumber = z
  .int()
  .min(0)
  .max(1000)
  .register(terms, { id: 'Priority', description: 'The lower runs first.' })

export const priority = z
  .union([priorityNumber, z.enum(Object.keys(PRIORITIES) as (keyof typeof PRIORITIES)[])], {
    error: ({ input }) => refusal(toPriority, input),
  })
  .register(terms, { description: 'A number 0..1000 (the lower runs first) or its name.' })

const durationText = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, {
    abort: true,
    error: ({ input }) => refusal(toMilliseconds, input),
  })
  // So many digits that the amount is not finite fit the pattern.
  .refine((value) => refusal(toMilliseconds, value) === undefined, 'too long for a duration')

export const duration = z
  .union([z.number().min(0), durationText], {
    error: ({ input }) => refusal(toMilliseconds, input),
  })
  .register(terms, {
    id: 'Duration',
    description: 'Milliseconds, or a text like 250ms, 30s, 5m, 2h, 1d.',
  })

export const backoff = z
  .looseObject({
    type: z.enum(['fixed', 'exponential']),
    delay: duration,
    max: duration.optional(),
    jitter: z.number().min(0).max(1).optional(),
  })
  .register(terms, { id: 'Backoff', description: 'How long to wait before the next attempt.' })

/** An enumeration of all members of a type: a missing or foreign one does not compile. */
export type All<Name extends string> = { readonly [Key in Name]: Key }

export const source = z.enum({
  api: 'api',
  manual: 'manual',
  schedule: 'schedule',
  event: 'event',
  interrupt: 'interrupt',
  transition: 'transition',
  step: 'step',
} satisfies All<Source>)

export const dependencyPolicy = z.enum({
  fail: 'fail',
  cancel: 'cancel',
  run: 'run',
} satisfies All<DependencyPolicy>)

/** Why the conversion refuses the value: a union by itself only says that nothing fits. */
function refusal(convert: (value: never) => number, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return 'neither a number nor a text'
  try {
    convert(value as never)
    return undefined
  } catch (error) {
    return error instanceof InputError ? error.message : String(error)
  }
}
