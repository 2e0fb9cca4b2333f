import { InputError, StoreError } from '../../core/errors.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ForeignMessage } from '../../ports/intake.ts'
import { type Envelope, fromEnvelope } from '../envelope/envelope.ts'
import type { Intake } from '../intake/intake.ts'
import type { Submitter } from '../intake/submitter.ts'
import type { Registry } from '../plans/registry.ts'
import { toMalformed } from './malformed.ts'

export interface ForeignSubmissionServices {
  readonly clock: Clock
  readonly registry: Pick<Registry, 'requireTask'>
  readonly submitter: Pick<Submitter, 'newId' | 'requireQueue' | 'toTasklet'>
  readonly intake: Pick<Intake, 'insert' | 'tryInsert'>
  /** @throws {LifecycleError} when the runtime takes no work. */
  requireOpen(): void
}

/**
 * Stores what others submit through a broker; resolves when it is durable. What cannot be read, or
 * names no task of ours, or has input that the task does not take, becomes a dead letter of kind
 * `malformed`: sending it again would not help. Anything else that goes wrong is the sender's broker's
 * to repeat, so it rejects.
 */
export async function submitForeign(
  services: ForeignSubmissionServices,
  message: ForeignMessage,
): Promise<void> {
  const { clock, submitter, intake, requireOpen } = services
  requireOpen()
  try {
    // A full queue is waited for: the message stays where it is, and holds those after it back.
    await intake.insert(toRecord(services, message))
  } catch (error) {
    if (isStored(error)) return
    if (!isMalformed(error)) throw error
    const dead = toMalformed(message, error, { id: submitter.newId(), now: clock.now() })
    await intake.tryInsert(dead)
  }
}

/** @throws {InputError} that says what is wrong with it. */
function toRecord(services: ForeignSubmissionServices, message: ForeignMessage): Tasklet {
  const { registry, submitter } = services
  const envelope: Envelope = fromEnvelope(message.body)
  if ('tasklet' in envelope) {
    const { tasklet } = envelope
    if (tasklet.status === 'failed') throw new InputError('a tasklet that has failed is not run')
    registry.requireTask(`${tasklet.plan}/${tasklet.task}`)
    submitter.requireQueue(tasklet.queue)
    return tasklet
  }
  const { task, input, options = {} } = envelope.submission
  const { messageId } = message
  // Delivered twice it is one tasklet, if only its sender gave it a name.
  const named = messageId === undefined ? options : { idempotencyKey: messageId, ...options }
  return submitter.toTasklet(task, input, named)
}

/** A record that was sent as a whole has an id of its own, so it is known when it comes again. */
function isStored(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'store_duplicate_id'
}

/** It would be the same the next time. */
function isMalformed(error: unknown): boolean {
  if (error instanceof StoreError) return error.code === 'store_illegal_move'
  return error instanceof InputError
}
