import { z } from 'zod'
import type { ErrorKind, ErrorRecord, PlanningReason } from '../../core/errors.ts'
import { STATUSES } from '../../core/status.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import {
  type All,
  backoff,
  count,
  dependencyPolicy,
  milliseconds,
  priorityNumber,
  source,
  terms,
  text,
  time,
  type Written,
} from './values.ts'

const errorKind = z.enum({
  error: 'error',
  timeout: 'timeout',
  cancelled: 'cancelled',
  planning: 'planning',
  'acquire-timeout': 'acquire-timeout',
  expired: 'expired',
  dependency: 'dependency',
  hook: 'hook',
  poison: 'poison',
  'invalid-input': 'invalid-input',
  'missing-task': 'missing-task',
  malformed: 'malformed',
  'lease-lost': 'lease-lost',
} satisfies All<ErrorKind>)

const planningReason = z.enum({
  unreachable: 'unreachable',
  ambiguous: 'ambiguous',
  undetectable: 'undetectable',
  check: 'check',
  budget: 'budget',
  trail: 'trail',
} satisfies All<PlanningReason>)

const error: z.ZodType<ErrorRecord> = z
  .looseObject({
    kind: errorKind,
    message: z.string(),
    reason: planningReason.optional(),
    step: z.string().optional(),
    stack: z.string().optional(),
    get cause() {
      return error.optional()
    },
  })
  .register(terms, { id: 'Error', description: 'Why an attempt, or the tasklet, failed.' })

const failure = z.looseObject({ attempt: z.int().min(1), at: time, error })

const dependency = z.looseObject({ key: text, id: text })

const uniqueness = z
  .looseObject({
    key: text,
    until: time.optional(),
    onDuplicate: z.enum(['return', 'replace', 'keep-last']),
  })
  .register(terms, {
    description: 'At most one record of the task with this key; without `until`, while unsettled.',
  })

const lease = z
  .looseObject({ owner: text, token: count, until: time })
  .register(terms, { description: 'The right of one process to work on it, until then.' })

const trailStep = z.looseObject({
  event: z.string(),
  task: z.string(),
  from: z.string(),
  to: z.string(),
  cost: z.number().min(0),
  duration: milliseconds,
  outcome: z.enum(['moved', 'failed']),
  message: z.string().optional(),
})

const trail = z
  .looseObject({ from: z.string().optional(), target: z.string(), steps: z.array(trailStep) })
  .register(terms, { description: 'What preparation found and did to the world.' })

const timeouts = z
  .looseObject({ acquire: milliseconds.optional(), prepare: milliseconds.optional() })
  .register(terms, { description: 'Limits of the phases before execution.' })

const deadline = z
  .looseObject({ phase: z.enum(['acquiring', 'preparing', 'executing']), at: time })
  .register(terms, { description: 'When the phase of the present attempt has to be over.' })

const lineage = z
  .looseObject({
    id: text,
    correlationId: text,
    causationId: text.optional(),
    depth: count,
    triggers: z.array(text),
  })
  .register(terms, {
    id: 'Lineage',
    description: 'The event that it came of, the first of the chain, and how long the chain is.',
  })

const event = z
  .looseObject({ name: text, at: time, data: z.unknown().optional(), lineage: lineage.optional() })
  .register(terms, { description: 'What it was submitted for.' })

/** Every field of a record; those that may be undefined may be missing. */
export const taskletFields = {
  id: text,
  plan: text,
  task: text,
  planVersion: z.string(),
  queue: text,
  priority: priorityNumber,
  sequence: count,
  status: z.enum(STATUSES),
  input: z.unknown().optional(),
  initialContext: z.unknown().optional(),
  output: z.unknown().optional(),
  error: error.optional(),
  trail: trail.optional(),
  attempts: count,
  maxAttempts: z.int().min(1),
  backoff: backoff.optional(),
  deliveries: count,
  notBefore: time.optional(),
  timeout: milliseconds.optional(),
  timeouts: timeouts.optional(),
  deadline: deadline.optional(),
  requires: z.array(z.string()),
  dependencies: z.array(dependency),
  onDependencyFailure: dependencyPolicy,
  expiresAt: time.optional(),
  group: z.string().optional(),
  unique: uniqueness.optional(),
  failures: z.array(failure),
  replayOf: z.string().optional(),
  replayedBy: z.string().optional(),
  idempotencyKey: z.string().optional(),
  tags: z.array(z.string()),
  source,
  event: event.optional(),
  interruptions: count.default(0),
  parentId: z.string().optional(),
  traceId: z.string().optional(),
  traceparent: z.string().optional(),
  estimatedDuration: milliseconds.optional(),
  actualDuration: milliseconds.optional(),
  createdAt: time,
  updatedAt: time,
  startedAt: time.optional(),
  settledAt: time.optional(),
  lease: lease.optional(),
  cancelRequested: z.string().optional(),
} satisfies { readonly [Key in keyof Tasklet]: z.ZodType<Written<Tasklet[Key]>> }

export const taskletSchema = z
  .looseObject(taskletFields)
  .register(terms, { id: 'Tasklet', description: 'One submitted run of a task: its record.' })
