import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { onTestFinished } from 'vitest'

/** A program that records its spans, for as long as the test runs. */
export function recordSpans() {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  onTestFinished(() => {
    trace.disable()
    context.disable()
  })
  const spans = () => exporter.getFinishedSpans()
  return {
    /** Those that have ended. */
    spans,
    named: (name: string) => spans().filter((span) => span.name === name),
    /** One line a span, each below its parent; those of one parent in the order of their beginnings. */
    tree: () => treeOf(spans()),
  }
}

function treeOf(spans: readonly ReadableSpan[]): readonly string[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId))
  const lines: string[] = []
  const add = (span: ReadableSpan, depth: number) => {
    lines.push('  '.repeat(depth) + describe(span))
    const { spanId } = span.spanContext()
    for (const child of spans) if (child.parentSpanContext?.spanId === spanId) add(child, depth + 1)
  }
  for (const span of spans) {
    const parent = span.parentSpanContext?.spanId
    if (parent === undefined || !ids.has(parent)) add(span, 0)
  }
  return lines
}

function describe({ name, status, attributes }: ReadableSpan): string {
  const outcome = attributes['setpoint.outcome']
  const failed = status.code === SpanStatusCode.ERROR ? `!${status.message}` : ''
  return [name, outcome, failed].filter((part) => part !== undefined && part !== '').join(' ')
}
