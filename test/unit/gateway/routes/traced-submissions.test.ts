import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { createTracing } from '../../../../src/telemetry/tracing.ts'
import { startGateway } from '../../../support/checked-gateway.ts'
import { planOf } from '../../../support/runtimes.ts'
import { recordSpans } from '../../../support/spans.ts'

const CLIENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const WISH = { task: 'plan/quick' }
const REQUESTS = [
  ['/api/v1/tasks', WISH, 'submit plan/quick'],
  ['/api/v1/tasks/batch', { entries: [{ key: 'a', ...WISH }] }, 'submit plan/quick'],
] as const

const start = () => startGateway(planOf({ quick: () => 1 }), { tracing: createTracing() })

/** What instrumentation of a server does with each of its requests. */
async function asServer<T>(work: () => Promise<T>): Promise<T> {
  const span = trace.getTracer('server').startSpan('POST', {}, ROOT_CONTEXT)
  return await context.with(trace.setSpan(ROOT_CONTEXT, span), work).finally(() => span.end())
}

describe.each(REQUESTS)('A submission by POST %s', (path, body, name) => {
  it('stands below the span of the client that the header names', async () => {
    const { named } = recordSpans()
    const { post } = await start()
    expect((await post(path, body, { traceparent: CLIENT })).status).toBe(202)
    const [submitted] = named(name)
    expect(submitted?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7')
    expect(submitted?.spanContext().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
  })

  it('stands below the span of the request where the server has one', async () => {
    const { named } = recordSpans()
    const { post } = await start()
    await asServer(() => post(path, body, { traceparent: CLIENT }))
    const [request] = named('POST')
    const [submitted] = named(name)
    expect(submitted?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId)
  })

  it('stands below the span that its options name, whatever the server traces', async () => {
    const { named } = recordSpans()
    const { post } = await start()
    const options = { options: { traceparent: CLIENT } }
    const own =
      'task' in body ? { ...WISH, ...options } : { entries: [{ key: 'a', ...WISH, ...options }] }
    await asServer(() => post(path, own))
    expect(named(name)[0]?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7')
  })
})
