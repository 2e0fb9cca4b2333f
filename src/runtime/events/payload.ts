import { InputError } from '../../core/errors.ts'
import { eventNameIssue } from '../../core/event-names.ts'
import { toJson } from '../../core/json.ts'

/**
 * A copy of the data of an event that is not the runtime's own.
 * @throws {InputError} for a name that is a pattern, is no name, or is the runtime's own, and for
 * data that JSON cannot hold.
 */
export function toPayload(name: string, data: unknown): unknown {
  const issue = eventNameIssue(name)
  if (issue !== undefined) throw new InputError(issue)
  return toJson(data, `event "${name}": data`)
}
