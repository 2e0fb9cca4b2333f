import { context, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { runWithin } from '../../../src/telemetry/worker-tracing.ts'
import { recordSpans } from '../../support/spans.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const active = () => trace.getSpanContext(context.active())

describe('work in a worker', () => {
  it('is a part of the span that its parent process has begun, after a wait as well', async () => {
    recordSpans()
    const seen = runWithin(`00-${TRACE}-00f067aa0ba902b7-01`, async () => {
      await Promise.resolve()
      return active()
    })
    expect(await seen).toMatchObject({ traceId: TRACE, spanId: '00f067aa0ba902b7', isRemote: true })
  })

  it('runs all the same where the traceparent is none', () => {
    recordSpans()
    expect(runWithin('none', () => [active()])).toEqual([undefined])
  })
})
