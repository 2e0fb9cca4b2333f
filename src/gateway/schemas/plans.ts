import { z } from 'zod'
import { backoff, milliseconds, terms, text, time } from '../../runtime/envelope/values.ts'

const units = z.record(z.string(), z.number())

export const planSummary = z
  .object({
    name: text,
    version: text,
    description: z.string().optional(),
    tasks: z.array(z.string()),
    states: z.array(z.string()),
    resources: units,
  })
  .register(terms, { id: 'PlanSummary', description: 'A plan in short; states are dotted paths.' })

const evidence = z.array(
  z.object({
    state: z.string(),
    answer: z.union([z.boolean(), z.string()]),
    duration: milliseconds,
    error: z.string().optional(),
  }),
)

const beliefSchema = z
  .object({
    states: z.array(z.string()),
    context: z.unknown().optional(),
    source: z.string(),
    at: time,
    evidence,
  })
  .register(terms, { id: 'Belief', description: 'Where the world is believed to be, and why.' })

const taskSchema = z
  .object({
    name: text,
    title: z.string().optional(),
    external: z.boolean(),
    mode: z.string(),
    requires: z.array(z.string()),
    leaves: z.string().optional(),
    resources: units,
    queue: z.string().optional(),
    priority: z.number().optional(),
    timeout: milliseconds.optional(),
    retry: z.object({
      attempts: z.number(),
      backoff,
      except: z.array(z.string()),
      onPlanning: z.boolean(),
    }),
    tags: z.array(z.string()),
    input: z.unknown().optional(),
    output: z.unknown().optional(),
  })
  .register(terms, { id: 'Task', description: 'A task; `input` and `output` are JSON Schemas.' })

export const planSchema = z
  .object({
    ...planSummary.shape,
    tasks: z.array(taskSchema),
    belief: beliefSchema.optional(),
    schedules: z.array(z.string()),
    interrupts: z.array(z.string()),
    warnings: z.array(z.object({ rule: z.string(), message: z.string(), path: z.string() })),
  })
  .register(terms, { id: 'Plan', description: 'The version of a plan that counts now.' })

export const eventAnswer = z.object({ belief: beliefSchema.optional() })

const step = z.object({
  key: text,
  event: z.string(),
  task: z.string(),
  from: z.string(),
  to: z.string(),
  cost: z.number(),
  declared: z.number(),
  with: z.unknown().optional(),
  timeout: milliseconds.optional(),
  verify: z.object({ tries: z.number(), delay: z.number() }),
})

export const verdictSchema = z
  .object({
    outcome: z.enum(['reachable', 'unreachable', 'budget', 'ambiguous', 'undetectable', 'check']),
    from: z.array(z.string()).optional(),
    path: z.array(step).optional(),
    cost: z.number().optional(),
    refused: z
      .array(
        z.object({
          from: z.string(),
          event: z.string(),
          guard: z.string().optional(),
          reason: z.string(),
        }),
      )
      .optional(),
    message: z.string().optional(),
    evidence: evidence.optional(),
  })
  .register(terms, {
    id: 'Verdict',
    description:
      'The cheapest path, or why there is none; `ambiguous`, `undetectable` and `check` when the checks, whose `evidence` it is, do not say where the world is.',
  })
