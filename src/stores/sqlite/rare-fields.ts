import type { SQLOutputValue } from 'node:sqlite'
import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'

/** Fields that most records do not have: one column holds those that a record has. */
type RareFields = Pick<
  Tasklet,
  | 'timeout'
  | 'timeouts'
  | 'deadline'
  | 'event'
  | 'interruptions'
  | 'backoff'
  | 'estimatedDuration'
  | 'parentId'
  | 'traceId'
  | 'traceparent'
  | 'requires'
  | 'tags'
  | 'dependencies'
  | 'onDependencyFailure'
  | 'unique'
  | 'replayOf'
  | 'replayedBy'
>

const NONE: RareFields = {
  timeout: undefined,
  timeouts: undefined,
  deadline: undefined,
  event: undefined,
  interruptions: 0,
  backoff: undefined,
  estimatedDuration: undefined,
  parentId: undefined,
  traceId: undefined,
  traceparent: undefined,
  requires: [],
  tags: [],
  dependencies: [],
  onDependencyFailure: 'fail',
  unique: undefined,
  replayOf: undefined,
  replayedBy: undefined,
}
const NAMES = Object.keys(NONE) as (keyof RareFields)[]

/** NULL when the record has none of them. */
export function fromRareFields(tasklet: Tasklet): string | null {
  if (hasNone(tasklet)) return null
  let kept: Partial<Record<keyof RareFields, unknown>> | undefined
  for (const name of NAMES) {
    const value = tasklet[name]
    if (value === NONE[name] || (Array.isArray(value) && value.length === 0)) continue
    kept ??= {}
    kept[name] = value
  }
  return kept === undefined ? null : JSON.stringify(kept)
}

/** The same question field by field, which is many times faster than by their names. */
function hasNone(tasklet: Tasklet): boolean {
  return (
    tasklet.timeout === undefined &&
    tasklet.timeouts === undefined &&
    tasklet.deadline === undefined &&
    tasklet.event === undefined &&
    tasklet.interruptions === 0 &&
    tasklet.backoff === undefined &&
    tasklet.estimatedDuration === undefined &&
    tasklet.parentId === undefined &&
    tasklet.traceId === undefined &&
    tasklet.traceparent === undefined &&
    tasklet.requires.length === 0 &&
    tasklet.tags.length === 0 &&
    tasklet.dependencies.length === 0 &&
    tasklet.onDependencyFailure === NONE.onDependencyFailure &&
    tasklet.unique === undefined &&
    tasklet.replayOf === undefined &&
    tasklet.replayedBy === undefined
  )
}

/** Fresh lists each time: what is handed out is its reader's own. */
export function toRareFields(cell: SQLOutputValue | undefined): RareFields {
  const fields = { ...NONE, requires: [], tags: [], dependencies: [] }
  if (typeof cell !== 'string') return fields
  // Written by `fromRareFields` alone, so it has the shape that was typed.
  const kept = JSON.parse(cell) as Partial<RareFields>
  const unique = kept.unique && { ...kept.unique, until: kept.unique.until }
  const event = kept.event && toEvent(kept.event)
  return { ...fields, ...kept, unique, event }
}

/** JSON leaves out what is undefined. */
function toEvent(kept: TriggeringEvent): TriggeringEvent {
  const { data, lineage } = kept
  if (lineage === undefined) return { ...kept, data }
  return { ...kept, data, lineage: { ...lineage, causationId: lineage.causationId } }
}
