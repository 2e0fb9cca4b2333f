import { z } from 'zod'
import { STATUSES } from '../../core/status.ts'
import { milliseconds, terms, text, time } from '../../runtime/envelope/values.ts'

const status = z.enum(STATUSES)

export const explanationSchema = z
  .object({
    runnable: z.boolean(),
    reasons: z.array(
      z.object({
        code: text,
        message: z.string(),
        until: time.optional(),
        holder: z.string().optional(),
      }),
    ),
    waits: z.array(z.object({ from: text, to: text, because: text })),
  })
  .register(terms, {
    id: 'Explanation',
    description: 'Why a tasklet is not running; docs/explain.md has a line for each code.',
  })

const summary = z.object({
  from: z.string().optional(),
  target: z.string(),
  moved: z.int().min(0),
  failed: z.int().min(0),
  duration: milliseconds,
})

export const timelineEntry = z
  .object({
    id: text,
    task: text,
    status,
    queuedAt: time,
    startedAt: time.optional(),
    preparedAt: time.optional(),
    settledAt: time.optional(),
    waited: z.number(),
    ran: z.number().optional(),
    attempts: z.int().min(0),
    trail: summary.optional(),
  })
  .register(terms, {
    id: 'TimelineEntry',
    description: 'When a tasklet went through its stations.',
  })

/** Times are milliseconds: moments since the epoch, and a duration. */
export const stepSchema = z
  .object({
    key: text,
    attempt: z.int().min(1).optional(),
    status: z.enum(['running', 'completed', 'failed', 'cancelled', 'timedOut']),
    startedAt: time.optional(),
    endedAt: time.optional(),
    duration: z.number().optional(),
    message: z.string().optional(),
  })
  .register(terms, {
    id: 'Step',
    description: 'One attempt of one step: `restore/fetch` is a step of a sub-task.',
  })

const countsSchema = z
  .record(status, z.int().min(0))
  .register(terms, { id: 'Counts', description: 'How many tasklets have each status.' })

const percentiles = z
  .object({ p50: z.number().optional(), p95: z.number().optional(), p99: z.number().optional() })
  .register(terms, {
    id: 'Percentiles',
    description:
      'Milliseconds, too high by a quarter at the most; missing where nothing was measured.',
  })

const flow = {
  wait: percentiles,
  run: percentiles,
  inPerMinute: z.number().min(0),
  outPerMinute: z.number().min(0),
  completed: z.int().min(0),
  failed: z.int().min(0),
  cancelled: z.int().min(0),
  retries: z.int().min(0),
  leaseExpiries: z.int().min(0),
}

export const queueSchema = z
  .object({
    queue: text,
    paused: z.boolean(),
    counts: countsSchema,
    depth: z.int().min(0),
    maxSize: z.int().min(0).optional(),
    oldestAge: milliseconds.optional(),
    ...flow,
  })
  .register(terms, { id: 'QueueStats', description: 'How full a queue is and how it flows.' })

const throughputSchema = z
  .object({ queue: text, in: z.array(z.int().min(0)), out: z.array(z.int().min(0)) })
  .register(terms, {
    id: 'Throughput',
    description: 'What came in and went out of a queue in each minute, oldest first.',
  })

const brokerRole = z.enum(['dispatch', 'topics', 'submissions'])

const brokerSchema = z
  .object({
    role: brokerRole,
    name: text,
    isUp: z.boolean(),
  })
  .register(terms, {
    id: 'BrokerState',
    description: 'How the process that answers stands to a broker.',
  })

export const statsSchema = z
  .object({
    at: time,
    window: milliseconds,
    counts: countsSchema,
    queues: z.array(queueSchema),
    brokers: z.array(brokerSchema),
    minutes: z.array(throughputSchema),
    health: z.object({
      status: z.enum(['ok', 'degraded', 'stalled']),
      reasons: z.array(
        z.object({
          status: z.enum(['degraded', 'stalled']),
          code: text,
          queue: text.optional(),
          role: brokerRole.optional(),
          message: z.string(),
        }),
      ),
    }),
    ...flow,
  })
  .register(terms, { id: 'Stats', description: 'What goes on in all queues.' })

export const scheduleSchema = z
  .object({
    id: text,
    task: text,
    trigger: z.string(),
    zone: z.string(),
    enabled: z.boolean(),
    state: z.string(),
    next: time.optional(),
    firedAt: time.optional(),
    tasklet: z.string().optional(),
    misfire: z.object({ policy: z.string(), limit: z.number() }),
    overlap: z.string(),
    jitter: milliseconds,
    start: time.optional(),
    end: time.optional(),
  })
  .register(terms, { id: 'Schedule', description: 'When a task is submitted without being asked.' })

export const interruptSchema = z
  .object({
    name: text,
    state: z.string(),
    enabled: z.boolean(),
    scope: z.enum(['plan', 'runtime']),
    when: z.string(),
    run: text,
    victims: z.object({
      policy: z.string(),
      tasks: z.array(z.string()),
      tags: z.array(z.string()),
    }),
    cooldown: milliseconds,
    returnTo: z.string().optional(),
    priority: z.int(),
    firedAt: time.optional(),
    handler: z.string().optional(),
    cooldownUntil: time.optional(),
  })
  .register(terms, { id: 'Interrupt', description: 'A rule that breaks in.' })
