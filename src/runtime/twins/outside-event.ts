import type { AnyStateMachine } from 'xstate'
import { InputError } from '../../core/errors.ts'
import { nearestName } from '../../plan/nearest.ts'

/** @throws {InputError} for what is no event, or one that no state of the machine answers. */
export function requireEvent(plan: string, machine: AnyStateMachine, event: unknown): void {
  const type = typeOf(event)
  if (type === undefined || type === '') {
    throw new InputError('an event for a world is an object with a text as its "type"')
  }
  if (/^(xstate|setpoint)\./.test(type)) {
    throw new InputError(`"${type}" cannot be sent to a world: such names are used within`)
  }
  const events = machine.events.filter((known) => !known.startsWith('xstate.'))
  if (events.some((known) => answers(known, type))) return
  const near = nearestName(type, events)
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  const known = events.length === 0 ? 'none' : [...new Set(events)].sort().join(', ')
  const message = `no state of plan "${plan}" answers "${type}"${hint} Its events: ${known}`
  throw new InputError(near === undefined ? message.replace(' Its', '; its') : message)
}

function typeOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null || !('type' in event)) return undefined
  return typeof event.type === 'string' ? event.type : undefined
}

/** As XState matches: `*` alone is any event, at the end of a name any segments. */
function answers(descriptor: string, type: string): boolean {
  if (descriptor === '*' || descriptor === type) return true
  return descriptor.endsWith('.*') && `${type}.`.startsWith(descriptor.slice(0, -1))
}
