import type { Tasklet, TriggeringEvent } from '../../core/tasklet.ts'

/** What the column `body` holds: set at the start, seldom changed. */
export type Body = Partial<
  Pick<
    Tasklet,
    | 'planVersion'
    | 'input'
    | 'initialContext'
    | 'source'
    | 'group'
    | 'idempotencyKey'
    | 'requires'
    | 'tags'
    | 'dependencies'
    | 'onDependencyFailure'
    | 'unique'
    | 'event'
    | 'backoff'
    | 'timeout'
    | 'timeouts'
    | 'estimatedDuration'
    | 'parentId'
    | 'traceId'
    | 'traceparent'
    | 'replayOf'
  >
>

/** What the column `result` holds: what deliveries leave. */
export type Result = Partial<
  Pick<Tasklet, 'output' | 'error' | 'trail' | 'failures' | 'interruptions' | 'replayedBy'>
>

export function toBody(tasklet: Tasklet): string {
  const { requires, tags, dependencies, onDependencyFailure, source } = tasklet
  const body: Body = {
    planVersion: tasklet.planVersion,
    ...(source !== 'api' && { source }),
    input: tasklet.input,
    initialContext: tasklet.initialContext,
    group: tasklet.group,
    idempotencyKey: tasklet.idempotencyKey,
    ...(requires.length > 0 && { requires }),
    ...(tags.length > 0 && { tags }),
    ...(dependencies.length > 0 && { dependencies }),
    ...(onDependencyFailure !== 'fail' && { onDependencyFailure }),
    unique: tasklet.unique,
    event: tasklet.event,
    backoff: tasklet.backoff,
    timeout: tasklet.timeout,
    timeouts: tasklet.timeouts,
    estimatedDuration: tasklet.estimatedDuration,
    parentId: tasklet.parentId,
    traceId: tasklet.traceId,
    traceparent: tasklet.traceparent,
    replayOf: tasklet.replayOf,
  }
  return JSON.stringify(body)
}

export function toResult(tasklet: Tasklet): string | undefined {
  const { failures, interruptions } = tasklet
  const result: Result = {
    output: tasklet.output,
    error: tasklet.error,
    trail: tasklet.trail,
    ...(failures.length > 0 && { failures }),
    ...(interruptions > 0 && { interruptions }),
    replayedBy: tasklet.replayedBy,
  }
  const text = JSON.stringify(result)
  return text === '{}' ? undefined : text
}

/** The fields of a record that stand in its body. Fresh lists: what is read is its reader's own. */
export function fromBody(text: string) {
  // Written by `toBody` alone, so it has the shape that was typed.
  const body = JSON.parse(text) as Body
  return {
    planVersion: body.planVersion ?? '',
    input: body.input,
    initialContext: body.initialContext,
    backoff: body.backoff,
    timeout: body.timeout,
    timeouts: body.timeouts,
    requires: body.requires ?? [],
    dependencies: body.dependencies ?? [],
    onDependencyFailure: body.onDependencyFailure ?? 'fail',
    group: body.group,
    unique: body.unique && { ...body.unique, until: body.unique.until },
    replayOf: body.replayOf,
    idempotencyKey: body.idempotencyKey,
    tags: body.tags ?? [],
    source: body.source ?? 'api',
    event: body.event && toEvent(body.event),
    parentId: body.parentId,
    traceId: body.traceId,
    traceparent: body.traceparent,
    estimatedDuration: body.estimatedDuration,
  }
}

/** The fields of a record that stand in its result; NULL: there is none yet. */
export function fromResult(text: unknown) {
  // Written by `toResult` alone, so it has the shape that was typed.
  const result = typeof text === 'string' ? (JSON.parse(text) as Result) : undefined
  return {
    output: result?.output,
    error: result?.error,
    trail: result?.trail,
    failures: result?.failures ?? [],
    interruptions: result?.interruptions ?? 0,
    replayedBy: result?.replayedBy,
  }
}

/** JSON leaves out what is undefined. */
function toEvent(kept: TriggeringEvent): TriggeringEvent {
  const { data, lineage } = kept
  if (lineage === undefined) return { ...kept, data }
  return { ...kept, data, lineage: { ...lineage, causationId: lineage.causationId } }
}
