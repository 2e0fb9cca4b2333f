import type { AnyEventObject } from 'xstate'
import type { BeliefSource } from '../../core/events.ts'
import type { Lineage } from '../../core/tasklet.ts'
import { isAfterEvent } from './delays.ts'

/** Whether the event comes from the runtime, and not from the machine or from outside. */
export function isOurs({ type }: AnyEventObject): boolean {
  return type.startsWith('setpoint.')
}

/** What the event came of, where the runtime has told. */
export function causeOf(event: AnyEventObject): Lineage | undefined {
  return isOurs(event) ? (event['cause'] as Lineage | undefined) : undefined
}

const SOURCES: Readonly<Record<string, BeliefSource>> = {
  'setpoint.observed': 'checks',
  'setpoint.moved': 'transition',
  'setpoint.left': 'task',
  'setpoint.followed': 'restored',
}

/** What an event that a twin has taken makes believe. */
export function sourceOf({ type }: AnyEventObject): BeliefSource {
  return isAfterEvent(type) ? 'decay' : (SOURCES[type] ?? 'event')
}
