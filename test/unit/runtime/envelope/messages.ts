import fc from 'fast-check'
import { InputError } from '../../../../src/core/errors.ts'
import { STATUSES } from '../../../../src/core/status.ts'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import {
  type Envelope,
  fromEnvelope,
  type SubmissionEnvelope,
  type TaskletEnvelope,
} from '../../../../src/runtime/envelope/envelope.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'

export function readTasklet(message: unknown): TaskletEnvelope {
  const envelope: Envelope = fromEnvelope(message)
  if ('tasklet' in envelope) return envelope
  throw new Error('it is a submission')
}

export function readSubmission(submission: unknown): SubmissionEnvelope['submission'] {
  const envelope = fromEnvelope({ setpoint: 1, submission })
  if ('submission' in envelope) return envelope.submission
  throw new Error('it is a record')
}

export function refusal(message: unknown): string {
  try {
    fromEnvelope(message)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  throw new Error('it was taken')
}

/** A record in which everything that may be missing is there. */
export const FULL = newTasklet({
  status: 'running',
  input: { piece: 'A1' },
  initialContext: [1],
  output: null,
  error: {
    kind: 'planning',
    reason: 'trail',
    message: 'no way',
    stack: 'at',
    cause: { kind: 'error', message: 'stuck' },
  },
  trail: {
    from: 'cold',
    target: 'hot',
    steps: [
      {
        event: 'HEAT',
        task: 'heat',
        from: 'cold',
        to: 'hot',
        cost: 1,
        duration: 2,
        outcome: 'moved',
      },
    ],
  },
  backoff: { type: 'exponential', delay: '1s', max: 60_000, jitter: 0.5 },
  notBefore: 1,
  timeout: 2.5,
  timeouts: { acquire: 100, prepare: 200.5 },
  deadline: { phase: 'executing', at: 11 },
  event: {
    name: 'door.opened',
    at: 12,
    data: { by: ['a'] },
    lineage: { id: 'e1', correlationId: 'e0', causationId: 'e0', depth: 1, triggers: ['plan/any'] },
  },
  interruptions: 2,
  requires: ['hot'],
  dependencies: [{ key: 'first', id: 'id' }],
  expiresAt: 3,
  group: 'group',
  unique: { key: 'key', until: 4, onDuplicate: 'keep-last' },
  failures: [{ attempt: 1, at: 5, error: { kind: 'timeout', message: 'late' } }],
  replayOf: 'earlier',
  replayedBy: 'later',
  idempotencyKey: 'key',
  tags: ['tag'],
  source: 'manual',
  parentId: 'parent',
  traceId: 'trace',
  estimatedDuration: 6,
  actualDuration: 7,
  startedAt: 8,
  settledAt: 9,
  lease: { owner: 'owner', token: 1, until: 10 },
  cancelRequested: 'enough',
})

const JSON_VALUE = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)))

export const RECORDS: fc.Arbitrary<Tasklet> = fc
  .record({
    present: fc.subarray(Object.keys(FULL)),
    status: fc.constantFrom(...STATUSES),
    priority: fc.integer({ min: 0, max: 1000 }),
    input: JSON_VALUE,
    output: JSON_VALUE,
    createdAt: fc.nat(),
    tags: fc.array(fc.string()),
  })
  .map(({ present, ...values }) => {
    const chosen = Object.entries(FULL).filter(([field]) => present.includes(field))
    return newTasklet({ ...Object.fromEntries(chosen), ...values })
  })
