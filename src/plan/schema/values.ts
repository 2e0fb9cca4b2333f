import { z } from 'zod'
import { toMilliseconds } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'
import { EVENT_PATTERN } from '../../core/event-names.ts'
import { PRIORITIES, type Priority } from '../../core/priority.ts'

/** Plans and tasks are named alike everywhere: in files, on the command line and in URLs. */
export const Name = z.string().regex(/^[a-z][a-z0-9-]*$/, {
  error: 'a name starts with a letter and holds lower-case letters, digits and hyphens',
})

/** In the tasks folder a task is named by its path, so there its name may hold slashes. */
export const TaskName = z.string().regex(/^[a-z][a-z0-9-]*(\/[a-z][a-z0-9-]*)*$/, {
  error: 'a task name starts with a letter and holds lower-case letters, digits and hyphens',
})

export const ResourceName = z.string().regex(/^[A-Za-z][\w-]*$/, {
  error: 'a resource name starts with a letter and holds letters, digits, hyphens and underscores',
})

/** `*` stands for one segment of an event's name, `**` for any number. */
export const EventPattern = z.string().regex(EVENT_PATTERN, {
  error: 'expected an event name such as deploy.done or deploy.**',
})

const DURATION = 'a duration: milliseconds or a string like 250ms, 30s, 5m, 2h, 1d'

/** Milliseconds, or a string like `250ms`, `30s`, `5m`, `2h`, `1d`. */
export const DurationValue = z
  .union([z.number(), z.string()], { error: `expected ${DURATION}` })
  .refine((value) => isDuration(value), { error: `expected ${DURATION}` })

/** A duration that something has to fit into, so never zero. */
export const TimeLimit = DurationValue.refine(
  (value) => !isDuration(value) || toMilliseconds(value) > 0,
  { error: 'a time limit has to be longer than 0' },
)

export function isDuration(value: string | number): boolean {
  try {
    return Number.isFinite(toMilliseconds(value))
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

export const Capacity = z
  .number()
  .int({ error: 'expected a whole number of units' })
  .min(1, { error: 'expected at least 1 unit' })

const COUNT = 'expected a whole number ≥ 1'

export const Count = z.number({ error: COUNT }).int({ error: COUNT }).min(1, { error: COUNT })

const PRIORITY = `expected a whole number 0..1000 (lower runs first) or one of ${Object.keys(PRIORITIES).join(', ')}`

export const PriorityValue = z.custom<Priority>((value) => isPriority(value), { error: PRIORITY })

function isPriority(value: unknown): boolean {
  if (typeof value === 'string') return Object.hasOwn(PRIORITIES, value)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1000
}

/** A map that refuses every key but its own. */
export function closed<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape)
}

/** At most `count` starts in any window of `per`; `by: group` gives each group its own. */
export const StartLimitSchema = closed({
  count: Count,
  per: TimeLimit,
  by: z.literal('group').optional(),
})

/** A capacity, alone or with how often tasks that use the resource may start. */
export const ResourceSchema = z.union([
  Capacity,
  closed({ capacity: Capacity, limit: StartLimitSchema.optional() }),
])
