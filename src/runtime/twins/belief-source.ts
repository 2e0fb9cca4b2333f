import type { AnyEventObject } from 'xstate'
import type { BeliefSource } from '../../core/events.ts'
import { isAfterEvent } from './delays.ts'

/** Whether the event comes from the runtime, and not from the machine or from outside. */
export function isOurs({ type }: AnyEventObject): boolean {
  return type.startsWith('setpoint.')
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
