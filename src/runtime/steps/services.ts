import type { TriggeringEvent } from '../../core/tasklet.ts'
import type { Scope } from '../../plan/expressions/expression.ts'
import type { Log } from '../../plan/handler.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Delivery } from '../deliveries/delivery.ts'
import type { GuestServices } from '../deliveries/guest-context.ts'
import type { OutcomeRules } from '../deliveries/outcomes.ts'
import type { Executors } from '../executors/executors.ts'
import type { StepLog } from './step-log.ts'

/** A registration that outlives the run and the process. */
export interface OpenWait {
  readonly taskletId: string
  /** Names the wait among those of its tasklet. */
  readonly key: string
  /** `*` stands for one segment of an event's name, `**` for any number. */
  readonly pattern: string
  /** An expression over `scope` and `event`; undefined: any event with such a name will do. */
  readonly where: string | undefined
  readonly scope: Scope
}

export interface StepWaits {
  /** Registers the wait, or finds it registered; with the event, if it has come. */
  open(wait: OpenWait): Promise<{ readonly event: TriggeringEvent | undefined }>
  /** Calls when an event has come that a wait of the tasklet is for. */
  onArrival(taskletId: string, listener: () => void): () => void
  /** Forgets one wait of the tasklet, or all of them. */
  close(taskletId: string, key?: string): Promise<unknown>
}

export interface StepServices extends GuestServices {
  readonly clock: Clock
  readonly rules: OutcomeRules
  readonly executors: Executors
  readonly waits: StepWaits
  readonly stepLog: StepLog
  /** Milliseconds that a step which was told to stop may take to end. */
  readonly grace: number
  log(fields: Record<string, unknown>): Log
  /** Makes an event known that a step of the delivery emits. */
  emit(delivery: Delivery, name: string, data: unknown): void
  /** The delivery has used up the time that its attempt may take. */
  outOfTime(delivery: Delivery): void
  /** Something was not written that is only housekeeping. */
  failed(error: unknown): void
  /** The store failed; it is asked again after a while. */
  storeFailed(operation: string, error: unknown): void
}
