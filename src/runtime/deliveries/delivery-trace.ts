import { type ErrorRecord, toErrorRecord } from '../../core/errors.ts'
import type { SettledStatus } from '../../core/status.ts'
import { fullTaskName, type Tasklet, type TrailStep } from '../../core/tasklet.ts'
import type { Span, SpanAttributes, Tracing } from '../../ports/tracing.ts'

export type TracedPhase = 'grant' | 'prepare' | 'execute' | 'settle'

/** Undefined while nobody records spans. `now`: milliseconds since the epoch. */
export function traceDelivery(
  tracing: Tracing,
  tasklet: Tasklet,
  now: number,
): DeliveryTrace | undefined {
  if (!tracing.isRecording) return undefined
  const name = fullTaskName(tasklet)
  const { traceparent } = tasklet
  const attributes = toAttributes(tasklet)
  const span = tracing.begin(`run ${name}`, traceparent, { kind: 'consumer', attributes })
  if (span === undefined) return undefined
  const since = waitingSince(tasklet)
  if (since !== undefined) {
    const waited = { ago: Math.max(0, now - since), attributes: { 'setpoint.task': name } }
    const wait =
      traceparent === undefined
        ? span.child(`wait ${name}`, waited)
        : tracing.begin(`wait ${name}`, traceparent, waited)
    wait?.end()
  }
  return new DeliveryTrace(span)
}

/** The spans of one delivery: one for the whole, below it one for each phase, and what is in them. */
export class DeliveryTrace {
  readonly #span: Span
  #phase: { readonly name: TracedPhase; readonly span: Span } | undefined
  /** Of transitions and steps that are under way, by their paths. */
  readonly #open = new Map<string, Span>()

  constructor(span: Span) {
    this.#span = span
  }

  /** Of what is under way now. */
  get traceparent(): string {
    return this.#current.traceparent
  }

  /** The phase before it is over. */
  enter(name: TracedPhase): void {
    if (this.#phase?.name === name) return
    this.#leave()
    this.#phase = { name, span: this.#span.child(name) }
  }

  /** Runs work as a part of the phase. */
  run<T>(work: () => T): T {
    return this.#current.run(work)
  }

  /** Notes something on the span of the phase. */
  note(name: string, attributes: SpanAttributes): void {
    this.#current.event(name, attributes)
  }

  /** Begins the span of a transition or a step, which is run within it. */
  open(path: string, name: string, attributes: SpanAttributes): Span {
    this.#open.get(path)?.end()
    const span = this.#above(path).child(name, { attributes })
    this.#open.set(path, span)
    return span
  }

  openStep(path: string, attempt: number): void {
    const attributes = { 'setpoint.step': path, 'setpoint.step.attempt': attempt }
    this.open(path, `step ${withoutIndices(path)}`, attributes)
  }

  /** Runs a step that a handler names. */
  async step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const span = this.#current.child(`step ${name}`, { attributes: { 'setpoint.step': name } })
    try {
      return await span.run(work)
    } catch (error) {
      const { kind, message, stack } = toErrorRecord('error', error)
      span.fail({ type: kind, message, stack })
      throw error
    } finally {
      span.end()
    }
  }

  /** `message`: it has failed, and why. */
  close(path: string, outcome: string, message?: string): void {
    const span = this.#open.get(path)
    if (span === undefined) return
    this.#open.delete(path)
    span.set({ 'setpoint.outcome': outcome })
    if (message !== undefined) span.fail({ type: outcome, message })
    span.end()
  }

  /** The span of a transition or a step that is under way; that of the phase if there is none. */
  at(path: string): Pick<Span, 'run' | 'traceparent'> {
    return this.#open.get(path) ?? this.#current
  }

  end(status: SettledStatus, error: ErrorRecord | undefined): void {
    if (error !== undefined && (status === 'failed' || status === 'retrying')) {
      const failure = { type: error.kind, message: error.message, stack: error.stack }
      this.#span.fail(failure)
    }
    this.#leave()
    this.#span.set({ 'setpoint.outcome': OUTCOMES[status] })
    this.#span.end()
  }

  get #current(): Span {
    return this.#phase?.span ?? this.#span
  }

  /** A step of a sub-task stands below the step that runs the task. */
  #above(path: string): Span {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    return this.#open.get(parent) ?? this.#current
  }

  #leave(): void {
    // What was cut short ends with its phase.
    for (const span of this.#open.values()) span.end()
    this.#open.clear()
    this.#phase?.span.end()
    this.#phase = undefined
  }
}

/** How a delivery has ended, in the words of the status that its tasklet has then. */
const OUTCOMES: Readonly<Record<SettledStatus, string>> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  retrying: 'retrying',
  pending: 'returned',
  scheduled: 'passivated',
}

/** Spans of the items of one list have one name. */
function withoutIndices(path: string): string {
  return path.replace(/\[\d+\]/g, '')
}

export function toTransitionAttributes({
  event,
  task,
  from,
  to,
  cost,
}: Pick<TrailStep, 'event' | 'task' | 'from' | 'to' | 'cost'>): SpanAttributes {
  return {
    'setpoint.transition.event': event,
    'setpoint.transition.task': task,
    'setpoint.transition.from': from,
    'setpoint.transition.to': to,
    'setpoint.transition.cost': cost,
  }
}

function toAttributes(tasklet: Tasklet): SpanAttributes {
  return {
    'setpoint.tasklet.id': tasklet.id,
    'setpoint.plan': tasklet.plan,
    'setpoint.plan.version': tasklet.planVersion,
    'setpoint.task': fullTaskName(tasklet),
    'setpoint.queue': tasklet.queue,
    'setpoint.priority': tasklet.priority,
    'setpoint.source': tasklet.source,
    'setpoint.attempt': tasklet.attempts + 1,
    'setpoint.delivery': tasklet.deliveries,
  }
}

/** The submission, or the failure before this delivery; undefined where neither was the last thing. */
function waitingSince({ deliveries, failures, createdAt }: Tasklet): number | undefined {
  if (deliveries === 1) return createdAt
  return failures.length === deliveries - 1 ? failures.at(-1)?.at : undefined
}
