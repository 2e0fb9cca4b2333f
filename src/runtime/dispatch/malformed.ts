import { toErrorRecord } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { ForeignMessage } from '../../ports/intake.ts'
import { FRESH } from '../intake/submission.ts'

/** What is kept of a message that means nothing to us. */
export interface MalformedInput {
  /** As it came, up to 64 Ki characters. */
  readonly body: string
  /** Characters of the whole message, where not all of it is kept. */
  readonly length?: number
  readonly messageId?: string
}

const LONGEST_BODY = 65_536
const LONGEST_NAME = 200
const NOWHERE = { plan: 'malformed', task: 'message' }

/** The dead letter of a message that cannot be submitted, under the task that it names if it does. */
export function toMalformed(
  message: ForeignMessage,
  thrown: unknown,
  { id, now }: { readonly id: string; readonly now: number },
): Tasklet {
  const { messageId } = message
  return {
    ...FRESH,
    id,
    ...(taskOf(message.body) ?? NOWHERE),
    planVersion: '',
    queue: 'main',
    priority: 500,
    status: 'failed',
    input: toInput(message),
    error: toErrorRecord('malformed', thrown),
    initialContext: undefined,
    maxAttempts: 1,
    backoff: undefined,
    notBefore: undefined,
    timeout: undefined,
    timeouts: undefined,
    requires: [],
    dependencies: [],
    onDependencyFailure: 'fail',
    expiresAt: undefined,
    group: undefined,
    unique: undefined,
    // The same message again is the same dead letter; a good one of that name keeps its own key.
    idempotencyKey: messageId === undefined ? undefined : `malformed:${messageId}`,
    tags: [],
    source: 'api',
    event: undefined,
    traceId: undefined,
    traceparent: undefined,
    estimatedDuration: undefined,
    createdAt: now,
    updatedAt: now,
  }
}

function toInput({ body, messageId }: ForeignMessage): MalformedInput {
  const name = messageId === undefined ? {} : { messageId }
  if (body.length <= LONGEST_BODY) return { body, ...name }
  return { body: body.slice(0, LONGEST_BODY).toWellFormed(), length: body.length, ...name }
}

/** The task that the message is for, as far as it can be read. */
function taskOf(body: string): { readonly plan: string; readonly task: string } | undefined {
  const { submission, tasklet } = propertiesOf(parse(body))
  const { plan, task } = propertiesOf(tasklet)
  if (typeof plan === 'string' && typeof task === 'string') return named(plan, task)
  const { task: full } = propertiesOf(submission)
  if (typeof full !== 'string') return undefined
  const slash = full.indexOf('/')
  return slash < 0 ? undefined : named(full.slice(0, slash), full.slice(slash + 1))
}

function named(plan: string, task: string) {
  const isUsable = [plan, task].every(
    (name) => name !== '' && name.length <= LONGEST_NAME && name.isWellFormed(),
  )
  return isUsable ? { plan, task } : undefined
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // That it is no JSON has been said already.
    return undefined
  }
}

function propertiesOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
