import { z } from 'zod'
import { OPENING } from '../expressions/interpolation.ts'
import { Count, closed, EventPattern, isDuration, TimeLimit } from '../schema/values.ts'
import { RetrySchema } from '../tasks/retry.ts'

const StepId = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: 'an id of a step starts with a letter and holds letters, digits and underscores',
})

const Text = z.string()

const EventName = Text.regex(/^[^\s.*]+(\.[^\s.*]+)*$/, {
  error: 'expected the name of one event, such as deploy.done',
})

const Sleep = z
  .union([z.number(), Text], { error: `expected a duration such as 5s, or ${OPENING} … }}` })
  .refine((value) => isDuration(value) || (typeof value === 'string' && value.includes(OPENING)), {
    error: `expected a duration such as 250ms, 30s, 5m, 2h, 1d, or ${OPENING} … }}`,
  })

/** One step as it is written. Which fields go together is checked beside, with better words. */
export interface StepDeclaration {
  readonly id?: string | undefined
  readonly run?: string | undefined
  readonly task?: string | undefined
  readonly emit?: string | { readonly event: string; readonly data?: unknown } | undefined
  readonly waitFor?:
    | string
    | {
        readonly event: string
        readonly where?: string | undefined
        readonly timeout?: string | number | undefined
      }
    | undefined
  readonly sleep?: string | number | undefined
  /** A list of steps that run at once; with `each` how many items may run at once. */
  readonly parallel?: number | readonly StepDeclaration[] | undefined
  readonly steps?: readonly StepDeclaration[] | undefined
  readonly with?: unknown
  readonly if?: string | undefined
  readonly each?: string | readonly unknown[] | undefined
  readonly retry?: z.output<typeof RetrySchema> | undefined
  readonly timeout?: string | number | undefined
  readonly onError?:
    | 'fail'
    | 'continue'
    | readonly StepDeclaration[]
    | { readonly steps: readonly StepDeclaration[] }
    | undefined
  readonly once?: boolean | undefined
  readonly failFast?: boolean | undefined
}

export const StepSchema: z.ZodType<StepDeclaration, StepDeclaration> = closed({
  id: StepId.optional(),
  run: Text.optional(),
  task: Text.optional(),
  emit: z.union([EventName, closed({ event: EventName, data: z.unknown().optional() })]).optional(),
  waitFor: z
    .union([
      EventPattern,
      closed({ event: EventPattern, where: Text.optional(), timeout: TimeLimit.optional() }),
    ])
    .optional(),
  sleep: Sleep.optional(),
  get parallel() {
    return z.union([Count, StepsSchema]).optional()
  },
  get steps() {
    return StepsSchema.optional()
  },
  with: z.unknown().optional(),
  if: Text.optional(),
  each: z.union([Text, z.array(z.unknown()).readonly()]).optional(),
  retry: RetrySchema.optional(),
  timeout: TimeLimit.optional(),
  get onError() {
    return z
      .union([z.enum(['fail', 'continue']), StepsSchema, closed({ steps: StepsSchema })])
      .optional()
  },
  once: z.boolean().optional(),
  failFast: z.boolean().optional(),
})

/** What a task does, in order. */
export const StepsSchema: z.ZodType<readonly StepDeclaration[], readonly StepDeclaration[]> = z
  .array(StepSchema)
  .min(1, { error: 'expected at least one step' })
  .readonly()
