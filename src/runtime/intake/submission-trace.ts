import { fullTaskName, type Tasklet } from '../../core/tasklet.ts'
import type { InsertOutcome } from '../../ports/store-messages.ts'
import { CALLER, type Span, type Tracing } from '../../ports/tracing.ts'

/** A record on its way to the store, with its place in a trace, and the span of its submission. */
export interface TracedSubmission {
  readonly tasklets: readonly Tasklet[]
  readonly span: Span
}

/** Undefined while nobody records spans. */
export function traceSubmission(
  tracing: Tracing,
  tasklets: readonly Tasklet[],
): TracedSubmission | undefined {
  if (!tracing.isRecording) return undefined
  const [first] = tasklets
  if (first === undefined) return undefined
  const isOne = tasklets.length === 1
  const parent = tasklets.find(({ traceparent }) => traceparent !== undefined)?.traceparent
  const span = tracing.begin(
    isOne ? `submit ${fullTaskName(first)}` : 'submit batch',
    parent ?? CALLER,
    {
      kind: 'producer',
      attributes: isOne ? toAttributes(first) : { 'setpoint.batch.size': tasklets.length },
    },
  )
  if (span === undefined) return undefined
  return { tasklets: tasklets.map((tasklet) => withSpan(tasklet, span, parent)), span }
}

/** Ends the span with what came of the submission. */
export async function within<T>({ span }: TracedSubmission, store: () => Promise<T>): Promise<T> {
  try {
    const outcome = await store()
    if (isOutcome(outcome)) span.set({ 'setpoint.created': outcome.created })
    return outcome
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
    span.fail({ type: name, message, stack })
    throw error
  } finally {
    span.end()
  }
}

/** One of a batch that names a span of its own stays below that one. */
function withSpan(tasklet: Tasklet, span: Span, parent: string | undefined): Tasklet {
  if (tasklet.traceparent !== undefined && tasklet.traceparent !== parent) return tasklet
  return { ...tasklet, traceId: tasklet.traceId ?? span.traceId, traceparent: span.traceparent }
}

function isOutcome(outcome: unknown): outcome is InsertOutcome {
  return typeof outcome === 'object' && outcome !== null && 'created' in outcome
}

function toAttributes(tasklet: Tasklet) {
  return {
    'setpoint.tasklet.id': tasklet.id,
    'setpoint.plan': tasklet.plan,
    'setpoint.task': fullTaskName(tasklet),
    'setpoint.queue': tasklet.queue,
    'setpoint.priority': tasklet.priority,
    'setpoint.source': tasklet.source,
  }
}
