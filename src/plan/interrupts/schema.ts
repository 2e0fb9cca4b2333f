import { z } from 'zod'
import {
  closed,
  DurationValue,
  EventPattern,
  Name,
  PriorityValue,
  TaskName,
  TimeLimit,
} from '../schema/values.ts'

const VictimPolicy = z.enum(['cancel', 'requeue', 'pause'])

/** A rule: what it looks for, what answers it, and what becomes of the running work. */
export const InterruptSchema = closed({
  when: z.string().optional(),
  every: TimeLimit.optional(),
  timeout: TimeLimit.optional(),
  on: EventPattern.optional(),
  run: TaskName,
  input: z.unknown().optional(),
  scope: z.enum(['plan', 'runtime']).optional(),
  victims: z
    .union([
      VictimPolicy,
      closed({
        policy: VictimPolicy,
        tasks: z.array(z.string()).min(1).readonly().optional(),
        tags: z.array(z.string()).min(1).readonly().optional(),
      }),
    ])
    .optional(),
  cooldown: DurationValue.optional(),
  returnTo: z.string().optional(),
  priority: PriorityValue.optional(),
})

export const InterruptsSchema = z.record(Name, InterruptSchema)

export type InterruptDeclaration = z.output<typeof InterruptSchema>
export type InterruptSettings = z.input<typeof InterruptSchema>
