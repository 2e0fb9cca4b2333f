import { z } from 'zod'
import { Count, closed, DurationValue, PriorityValue } from '../../plan/schema/values.ts'

const Text = z.string().min(1, { error: 'expected a text that is not empty' })
const OneOrMore = z.union([Text, z.array(Text)], { error: 'expected a text or a list of texts' })
const PORT = 'expected a port: a whole number 0..65535'
const Share = z.number().min(0).max(1)
const WholeNumber = z.number().int().min(0)

const QueueSchema = closed({
  concurrency: Count.optional(),
  maxSize: Count.optional(),
  ageing: closed({
    every: DurationValue,
    step: Count.optional(),
    floor: PriorityValue.optional(),
  }).optional(),
})

const ResourceSchema = z.union([
  Count,
  closed({
    capacity: Count,
    limit: z.looseObject({}).optional(),
  }),
])

/** What a `setpoint.config` file holds: where things are, and options of the runtime. */
export const ConfigSchema = closed({
  url: Text.optional(),
  db: Text.optional(),
  dispatch: Text.optional(),
  topics: Text.optional(),
  submissions: Text.optional(),
  work: OneOrMore.optional(),
  plans: OneOrMore.optional(),
  host: Text.optional(),
  port: z
    .number({ error: PORT })
    .int({ error: PORT })
    .min(0, { error: PORT })
    .max(65_535, { error: PORT })
    .optional(),
  watch: z.boolean().optional(),
  drain: DurationValue.optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  hosts: z.array(Text).optional(),
  origins: z.array(Text).optional(),
  proxies: WholeNumber.optional(),
  concurrency: Count.optional(),
  queues: z.record(z.string(), QueueSchema).optional(),
  resources: z.record(z.string(), ResourceSchema).optional(),
  lease: closed({ duration: DurationValue.optional(), maxDeliveries: Count.optional() }).optional(),
  retention: closed({
    age: DurationValue.optional(),
    count: WholeNumber.optional(),
    deadLetters: DurationValue.optional(),
    every: DurationValue.optional(),
    chunk: Count.optional(),
    pause: DurationValue.optional(),
  }).optional(),
  health: closed({
    oldestAge: DurationValue.optional(),
    stalledAfter: DurationValue.optional(),
    leaseExpiries: Count.optional(),
    failureShare: Share.optional(),
    failureSample: Count.optional(),
    fullShare: Share.optional(),
  }).optional(),
  planning: closed({
    timeout: DurationValue.optional(),
    maxReplans: WholeNumber.optional(),
    maxTransitions: Count.optional(),
    maxDetections: Count.optional(),
    freshness: DurationValue.optional(),
    searchTime: DurationValue.optional(),
  }).optional(),
  affinity: closed({ maxWait: DurationValue.optional() }).optional(),
  reserveAfter: DurationValue.optional(),
  reconcileInterval: DurationValue.optional(),
  learning: z.boolean().optional(),
  workers: closed({ sync: Count.optional(), cpu: Count.optional() }).optional(),
  maxInterruptions: WholeNumber.optional(),
  grace: DurationValue.optional(),
  hookTimeout: DurationValue.optional(),
})

export type ConfigFile = z.infer<typeof ConfigSchema>
