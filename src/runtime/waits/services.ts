import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'
import type { Scope } from '../../plan/expressions/expression.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { EventBus } from '../events/event-bus.ts'

export interface WaitsServices {
  readonly store: Pick<Store, 'facts' | 'fact' | 'writeFact' | 'wake' | 'getMany'>
  readonly clock: Clock
  readonly bus: EventBus
  /** These records, which slept, may run now. */
  changed(tasklets: readonly Tasklet[]): void
  /** Whether an event is the one cannot be told: it is taken for another. */
  failed(error: unknown): void
  storeFailed(operation: string, error: unknown): void
}

export interface WaitRequest {
  readonly taskletId: string
  /** Names the wait within its tasklet, the same in every delivery. */
  readonly key: string
  /** `*` stands for one segment of an event's name, `**` for any number. */
  readonly pattern: string
  /** An expression, with or without `${{ }}`; undefined: every event of the pattern will do. */
  readonly where: string | undefined
  /** What `where` may name besides `event`; JSON data. */
  readonly scope: Scope
}

/** Hears of the event of one wait of a tasklet that runs in this process. */
export type ArrivalListener = (key: string, event: TriggeringEvent) => void
