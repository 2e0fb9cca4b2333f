import { z } from 'zod'
import { toMilliseconds } from '../../core/duration.ts'
import {
  Count,
  closed,
  DurationValue,
  EventPattern,
  isDuration,
  Name,
  PriorityValue,
  TimeLimit,
} from '../schema/values.ts'

const TIME = 'expected a time such as 2026-03-01T08:00:00Z, with Z or an offset'

/** An ISO 8601 time that says its offset, so it means the same everywhere. */
const Time = z
  .string({ error: TIME })
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/, { error: TIME })
  .refine((value) => Number.isFinite(Date.parse(value)), { error: TIME })

const Outcome = z.enum(['completed', 'failed', 'cancelled'])

const SHORTEST = 1000

/** A timer for every instant and a record for every run: what is faster is no schedule. */
const Interval = TimeLimit.refine(
  (value) => !isDuration(value) || toMilliseconds(value) >= SHORTEST,
  {
    error: 'a schedule fires once in a second at most',
  },
)

export const ScheduleSchema = closed({
  task: z.string(),
  cron: z.string().optional(),
  timezone: z.string().optional(),
  every: Interval.optional(),
  on: EventPattern.optional(),
  where: z.string().optional(),
  after: closed({
    task: z.string(),
    outcome: z.union([Outcome, z.array(Outcome).min(1).readonly()]).optional(),
  }).optional(),
  files: z.array(z.string().min(1)).min(1).readonly().optional(),
  manual: z.literal(true).optional(),
  input: z.unknown().optional(),
  misfire: z.union([z.enum(['skip', 'last', 'all']), closed({ all: Count })]).optional(),
  overlap: z.enum(['skip', 'queue', 'replace', 'allow']).optional(),
  jitter: DurationValue.optional(),
  start: Time.optional(),
  end: Time.optional(),
  enabled: z.boolean().optional(),
  priority: PriorityValue.optional(),
  queue: Name.optional(),
  tags: z.array(z.string().min(1)).readonly().optional(),
})

export const SchedulesSchema = z.record(Name, ScheduleSchema)

export type ScheduleDeclaration = z.output<typeof ScheduleSchema>
export type ScheduleSettings = z.input<typeof ScheduleSchema>
