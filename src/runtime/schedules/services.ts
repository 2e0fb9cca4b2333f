import type { EventName, RuntimeEvents } from '../../core/events.ts'
import type { Lineage, TriggeringEvent } from '../../core/tasklet.ts'
import type { Log } from '../../plan/handler.ts'
import type { Plan } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Submission } from '../intake/submission.ts'

/** An event that a schedule fires on. */
export interface Occasion extends TriggeringEvent {
  readonly lineage: Lineage
}

/** What schedules need of the runtime around them. */
export interface ScheduleServices {
  readonly store: Pick<Store, 'fact' | 'facts' | 'writeFact' | 'list'>
  readonly clock: Clock
  readonly bus: Pick<EventBus, 'on' | 'toEvent'>
  readonly log: Log
  plan(name: string): Plan
  newId(): string
  /** Tells what the runtime tells about itself. */
  emit<Name extends EventName>(name: Name, data: RuntimeEvents[Name], cause?: Occasion): void
  /** Stores it as soon as its queue has room. @throws {InputError} that says what is wrong. */
  insert(submission: Submission, signal?: AbortSignal): Promise<InsertOutcome>
  /** As `insert`, but rejects with QueueFullError when its queue has no room now. */
  tryInsert(submission: Submission): Promise<InsertOutcome>
  cancel(id: string, reason: string): Promise<unknown>
  /** An error that nobody waits for. */
  report(error: unknown): void
}
