import { toJson } from '../../core/json.ts'
import type { Tasklet } from '../../core/tasklet.ts'
import { toJsonEvent } from '../moves.ts'

/** A record that shares no value with the stored one, whatever its reader does with it. */
export function toReader(tasklet: Tasklet): Tasklet {
  const { input, initialContext, output, event } = tasklet
  const isPlain = isPrimitive(input) && isPrimitive(initialContext) && isPrimitive(output)
  if (isPlain && event === undefined) return tasklet
  return {
    ...tasklet,
    input: toJson(input, 'input'),
    initialContext: toJson(initialContext, 'initialContext'),
    output: toJson(output, 'output'),
    event: toJsonEvent(event),
  }
}

function isPrimitive(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}
