import {
  type Context,
  context,
  isSpanContextValid,
  type Span as OtelSpan,
  type SpanOptions as OtelSpanOptions,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { formatTraceparent } from '../core/trace-context.ts'
import {
  CALLER,
  type Span,
  type SpanAttributes,
  type SpanFailure,
  type SpanOptions,
  type Tracing,
} from '../ports/tracing.ts'
import { toRemoteContext } from './trace-parent.ts'

const TRACER = 'setpoint'

/** From source and from dist alike. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './worker-tracing.ts' : './worker-tracing.js',
  import.meta.url,
).href

/**
 * Spans of a runtime through the API of OpenTelemetry: they go to the provider that the program has
 * registered, whenever it does so, and cost next to nothing until then.
 */
export function createTracing(): Tracing {
  return {
    worker: WORKER,
    get isRecording() {
      return isRecorded()
    },
    get caller() {
      const active = trace.getSpanContext(context.active())
      return active && isSpanContextValid(active) ? toTraceparent(active) : undefined
    },
    begin: (name, parent, options) => {
      if (!isRecorded()) return undefined
      const tracer = trace.getTracer(TRACER)
      return new RecordedSpan(tracer, name, toContext(parent), options)
    },
  }
}

/** What a proxy stands for that nothing was registered with. */
const NOBODY = new ProxyTracerProvider().getDelegate()

function isRecorded(): boolean {
  const provider = trace.getTracerProvider()
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== NOBODY
}

function toContext(parent: string | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT
  return parent === CALLER ? context.active() : toRemoteContext(parent)
}

class RecordedSpan implements Span {
  readonly #tracer: Tracer
  readonly #span: OtelSpan
  readonly #context: Context

  constructor(tracer: Tracer, name: string, parent: Context, options: SpanOptions = {}) {
    this.#tracer = tracer
    this.#span = tracer.startSpan(name, toOptions(options), parent)
    this.#context = trace.setSpan(parent, this.#span)
  }

  get traceId(): string {
    return this.#span.spanContext().traceId
  }

  get traceparent(): string {
    return toTraceparent(this.#span.spanContext())
  }

  child(name: string, options?: SpanOptions): Span {
    return new RecordedSpan(this.#tracer, name, this.#context, options)
  }

  run<T>(work: () => T): T {
    return context.with(this.#context, work)
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes)
  }

  event(name: string, attributes: SpanAttributes = {}): void {
    this.#span.addEvent(name, attributes)
  }

  fail({ type, message, stack }: SpanFailure): void {
    this.#span.recordException({ name: type, message, ...(stack !== undefined && { stack }) })
    this.#span.setAttributes({ 'error.type': type })
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message })
  }

  end(): void {
    this.#span.end()
  }
}

function toTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0
  return formatTraceparent({ traceId, spanId, sampled })
}

const KINDS = { producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const

function toOptions({ kind, attributes = {}, ago }: SpanOptions): OtelSpanOptions {
  return {
    kind: kind === undefined ? SpanKind.INTERNAL : KINDS[kind],
    attributes,
    ...(ago !== undefined && ago > 0 && { startTime: Date.now() - ago }),
  }
}
