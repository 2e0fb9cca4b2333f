/** Values of a span or of an event on it; what is undefined is left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>

export interface SpanOptions {
  /** `producer`: it hands work over; `consumer`: it takes work; within a process unless given. */
  readonly kind?: 'producer' | 'consumer' | undefined
  readonly attributes?: SpanAttributes | undefined
  /** It began so many milliseconds ago; now unless given. */
  readonly ago?: number | undefined
}

/** What was wrong, for a span that ends with it. */
export interface SpanFailure {
  /** The kind of the error. */
  readonly type: string
  readonly message: string
  readonly stack?: string | undefined
}

/** A piece of work that takes time, with its place among the others of its trace. */
export interface Span {
  readonly traceId: string
  /** For what goes on elsewhere as a part of this: a header of W3C Trace Context. */
  readonly traceparent: string
  child(name: string, options?: SpanOptions): Span
  /** Runs the work, and what it starts, as a part of this span. */
  run<T>(work: () => T): T
  set(attributes: SpanAttributes): void
  event(name: string, attributes?: SpanAttributes): void
  fail(failure: SpanFailure): void
  /** What happens after it counts for nothing. */
  end(): void
}

/** Where spans go. INVARIANT: none of it throws, and nothing waits for it. */
export interface Tracing {
  /** Whether anybody takes spans now; it is asked before anything is prepared for one. */
  readonly isRecording: boolean
  /** The traceparent of the span that the caller runs in; undefined outside of any. */
  readonly caller: string | undefined
  /**
   * Begins a span: below `parent` (a traceparent), below the one that the caller runs in
   * (`caller`), or a trace of its own (undefined). Undefined while nobody records spans.
   */
  begin(name: string, parent: string | undefined, options?: SpanOptions): Span | undefined
  /**
   * URL of a module that exports `runWithin(traceparent, work)`: workers, which have a memory of
   * their own, run handlers through it as a part of the span.
   */
  readonly worker: string | undefined
}

/** As the parent of a span: the one that the caller runs in. */
export const CALLER = 'caller'

export const NO_TRACING: Tracing = {
  isRecording: false,
  caller: undefined,
  begin: () => undefined,
  worker: undefined,
}
