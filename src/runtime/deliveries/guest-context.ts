import { FatalError } from '../../core/errors.ts'
import type { HandlerRuntime, Log, TaskContext } from '../../plan/handler.ts'
import type { Plan, Task } from '../../plan/model.ts'
import { problemsOf } from '../../plan/problems.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Delivery } from './delivery.ts'
import { inherited, underSignal } from './handler-runtime.ts'
import { type JournalServices, StoredJournal } from './journal.ts'
import { type Journal, Steps } from './steps.ts'

export interface GuestServices extends JournalServices {
  readonly bus: EventBus
  handlerRuntime(): HandlerRuntime
}

/** Work under the lease and the grant of another task's delivery. */
export interface Guest {
  readonly delivery: Delivery
  readonly plan: Plan
  readonly log: Log
  /** Sets its idempotency key and the steps of its own apart from those of the delivery's others. */
  readonly key: string
  /** Where it keeps the steps of its own, before their names. */
  readonly prefix: string
  readonly input: unknown
  readonly attempt: number
  readonly signal: AbortSignal
  readonly dependencies: TaskContext['dependencies']
}

/** What a guest's handler is given, and where the steps of its own are kept. */
export function createGuestContext(
  services: GuestServices,
  guest: Guest,
): { readonly context: TaskContext; readonly journal: Journal } {
  const { delivery, key, prefix, ...given } = guest
  const { id: taskletId, initialContext, event } = delivery.tasklet
  const { bus, handlerRuntime } = services
  const cause = event?.lineage
  const journal = new StoredJournal(services, delivery, prefix)
  const steps = new Steps(journal, () => guest.signal)
  const context: TaskContext = {
    ...given,
    progress: (share, message) =>
      bus.emit('tasklet.progress', { taskletId, share, message }, { cause }),
    emit: (name, data) => bus.publish(name, data, { cause }),
    taskletId,
    idempotencyKey: `${taskletId}:${key}`,
    initialContext,
    event,
    step: (name, work) => steps.run(name, work),
    checkpoint: () => delivery.checkpoint(guest.signal),
    traceparent: delivery.trace?.at(key).traceparent ?? delivery.tasklet.traceparent,
    runtime: underSignal(handlerRuntime(), guest.signal, inherited(delivery)),
  }
  return { context, journal }
}

/**
 * A guest's input by the schema of its task, defaults filled in.
 * @throws {FatalError} when it does not fit: trying again would not help.
 */
export function guestInput(task: Task, input: unknown): unknown {
  if (task.input === undefined) return input
  const parsed = task.input.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  throw new FatalError(
    `input of ${task.plan}/${task.name} does not fit: ${problemsOf(parsed.error)}`,
  )
}
