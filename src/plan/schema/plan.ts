import { z } from 'zod'
import { InterruptsSchema } from '../interrupts/schema.ts'
import { LintSchema } from '../lint/schema.ts'
import { SchedulesSchema } from '../schedules/schema.ts'
import { StepsSchema } from '../steps/schema.ts'
import { RetrySchema } from '../tasks/retry.ts'
import { WorldSchema } from '../world/schema.ts'
import {
  Capacity,
  Count,
  closed,
  Name,
  PriorityValue,
  ResourceName,
  ResourceSchema,
  StartLimitSchema,
  TaskName,
  TimeLimit,
} from './values.ts'

const Units = z.record(ResourceName, Capacity)

/** `gpu` is one unit; `gpu:1` also declares the capacity; `{vram: 8}` is eight units. */
const ResourceTag = z.string().regex(/^[A-Za-z][\w-]*(:\d{1,9})?$/, {
  error: 'expected a resource name, with its capacity after a colon if it is declared here',
})

export const TaskSchema = closed({
  title: z.string().optional(),
  requires: z
    .union([z.string(), z.array(z.string()).min(1).readonly(), closed({ tag: z.string() })])
    .optional(),
  run: z.string().optional(),
  steps: StepsSchema.optional(),
  external: z.boolean().optional(),
  resources: z.union([z.array(z.union([ResourceTag, Units])).readonly(), Units]).optional(),
  leaves: z.string().optional(),
  disturbs: z.boolean().optional(),
  exclusive: z.boolean().optional(),
  maxInstances: Count.optional(),
  timeout: TimeLimit.optional(),
  acquireTimeout: TimeLimit.optional(),
  prepareTimeout: TimeLimit.optional(),
  expiresAfter: TimeLimit.optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  /** JSON Schema; of a task with steps, a template of its output. */
  output: z
    .union([z.record(z.string(), z.unknown()), z.string(), z.array(z.unknown()).readonly()])
    .optional(),
  retry: RetrySchema.optional(),
  mode: z.enum(['async', 'sync', 'cpu']).optional(),
  memory: Count.optional(),
  limit: StartLimitSchema.optional(),
  groupConcurrency: Count.optional(),
  priority: PriorityValue.optional(),
  queue: Name.optional(),
  tags: z.array(z.string()).readonly().optional(),
})

/** The whole of `plan.yaml`; files of the tasks folder stand under `tasks`. */
export const PlanSchema = closed({
  setpoint: z.literal(1),
  name: Name,
  description: z.string().optional(),
  actions: z.string().optional(),
  resources: z.record(ResourceName, ResourceSchema).optional(),
  machine: WorldSchema.optional(),
  tasks: z.record(TaskName, z.union([z.string(), TaskSchema])).optional(),
  schedules: SchedulesSchema.optional(),
  interrupts: InterruptsSchema.optional(),
  lint: LintSchema.optional(),
})

export type TaskDeclaration = z.output<typeof TaskSchema>
/** A task's declaration as it is written, but for what code gives instead of data. */
export type TaskSettings = Omit<
  z.input<typeof TaskSchema>,
  'run' | 'steps' | 'external' | 'input' | 'output'
>
export type ResourceDeclaration = z.input<typeof ResourceSchema>
