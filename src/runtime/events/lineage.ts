import type { CutReason } from '../../core/events.ts'
import type { Lineage } from '../../core/tasklet.ts'

/** How many events may have led to the one that a schedule fires on. */
const DEEPEST = 16

/** The lineage of an event with this id that came of `cause`; undefined: of none. */
export function childOf(cause: Lineage | undefined, id: string): Lineage {
  if (cause === undefined) {
    return { id, correlationId: id, causationId: undefined, depth: 0, triggers: [] }
  }
  const { correlationId, id: causationId, depth, triggers } = cause
  return { id, correlationId, causationId, depth: depth + 1, triggers }
}

/**
 * The same event, after the schedule of this full name has fired on it: what the record of the
 * tasklet keeps, so that all that comes of the tasklet knows.
 */
export function throughTrigger(lineage: Lineage, trigger: string): Lineage {
  return { ...lineage, triggers: [...lineage.triggers, trigger] }
}

/** Why the schedule of this full name may not fire on the event; undefined: it may. */
export function cutReason(lineage: Lineage, trigger: string): CutReason | undefined {
  if (lineage.triggers.includes(trigger)) return 'cycle'
  return lineage.depth > DEEPEST ? 'depth' : undefined
}
