import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'
import type { Log } from '../../plan/handler.ts'
import type { Interrupt } from '../../plan/model.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Delivery, StopReason } from '../deliveries/delivery.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Scope } from '../grants/scopes.ts'

/** What rules need of the runtime around them. */
export interface InterruptServices {
  readonly store: Pick<Store, 'fact' | 'writeFact' | 'list' | 'get'>
  readonly clock: Clock
  readonly bus: EventBus
  readonly log: Log
  readonly grants: {
    granted(plan?: string): readonly Delivery[]
    closeScope(scope: Scope): void
    openScope(id: string): void
    /** What a scope admits has changed. */
    reconsider(): void
  }
  /** Tells work that runs here to stop. */
  stop(id: string, reason: StopReason): boolean
  /** Takes the wish to cancel to the store. */
  cancel(id: string, reason: string): Promise<unknown>
  /** Stores the tasklet that answers, or returns the one that is there already. */
  submitHandler(rule: Interrupt, event: TriggeringEvent): Promise<Tasklet>
  /** Stores the tasklet that brings the world back, or returns the one that is there already. */
  submitReturn(rule: Interrupt, target: string): Promise<Tasklet>
  /** Resolves when the tasklet is completed; rejects with why it will not be. */
  completed(id: string): Promise<unknown>
  /** Whether the state that the work requires, if any, is still there. */
  stillHolds(delivery: Delivery): Promise<boolean>
  folder(plan: string): string | undefined
  /** An error that nobody waits for. */
  report(error: unknown): void
}

/** The name by which a rule is known outside of its plan. */
export function fullRuleName({ plan, name }: Pick<Interrupt, 'plan' | 'name'>): string {
  return `${plan}/${name}`
}

/** Stands in the tags of everything that a rule submits, and names its scope and its actor. */
export function markOf(rule: Pick<Interrupt, 'plan' | 'name'>): string {
  return `interrupt:${fullRuleName(rule)}`
}
