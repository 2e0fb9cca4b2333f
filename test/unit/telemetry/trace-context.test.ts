import { context, trace } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { createRuntime } from '../../../src/create-runtime.ts'
import { memoryStore } from '../../../src/stores/memory/store.ts'
import { createTracing } from '../../../src/telemetry/tracing.ts'
import { planOf, startRuntime } from '../../support/runtimes.ts'
import { recordSpans } from '../../support/spans.ts'
import { writeFolder } from '../plan/plan-folder.ts'

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const tracing = createTracing()

describe('a trace from outside', () => {
  it('is gone on with: the record keeps it, and the run stands below the submission', async () => {
    const { named } = recordSpans()
    const { runtime } = await startRuntime(planOf({ job: async () => 1 }), { tracing })
    const task = await runtime.submit('plan/job', undefined, { traceparent: PARENT })
    await task.result()
    const [submit] = named('submit plan/job')
    expect(submit?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7')
    const spanId = submit?.spanContext().spanId
    expect(await runtime.get(task.id)).toMatchObject({
      traceId: TRACE,
      traceparent: `00-${TRACE}-${spanId}-01`,
    })
  })

  it('passes through where nobody records, to what the handler submits as well', async () => {
    const seen: unknown[] = []
    const plan = planOf({
      job: async ({ runtime, traceparent }: Given) => {
        seen.push(traceparent)
        return (await runtime.submit('plan/next')).id
      },
      next: async () => 1,
    })
    const { runtime } = await startRuntime(plan, { tracing })
    const task = await runtime.submit('plan/job', undefined, { traceparent: PARENT })
    const next = await task.result()
    expect(seen).toEqual([PARENT])
    expect(await runtime.get(String(next))).toMatchObject({ traceId: TRACE, traceparent: PARENT })
  })

  it('is refused when it is none', async () => {
    const { runtime } = await startRuntime(planOf({ job: async () => 1 }), { tracing })
    const submitting = runtime.submit('plan/job', undefined, { traceparent: '00-1-2-3' })
    await expect(submitting).rejects.toThrow('traceparent must have the form of W3C Trace Context')
  })
})

describe('a handler', () => {
  it('runs within the span of its execution: what it does and submits stands below it', async () => {
    const { tree } = recordSpans()
    const tracer = trace.getTracer('user')
    const plan = planOf({
      job: async ({ runtime }: Given) => {
        await Promise.resolve()
        await tracer.startActiveSpan('fetch', async (span) => {
          await runtime.call('plan/next')
          span.end()
        })
      },
      next: async () => 1,
    })
    const { runtime } = await startRuntime(plan, { tracing })
    await tracer.startActiveSpan('request', async (span) => {
      await runtime.call('plan/job')
      span.end()
    })
    await runtime.stop()
    expect(tree()).toEqual([
      'request',
      '  submit plan/job',
      '    wait plan/job',
      '    run plan/job completed',
      '      grant',
      '      execute',
      '        fetch',
      '          submit plan/next',
      '            wait plan/next',
      '            run plan/next completed',
      '              grant',
      '              execute',
      '              settle',
      '      settle',
    ])
  })

  it.each(['sync', 'cpu'])('in mode %s knows its trace', async (mode) => {
    recordSpans()
    const folder = await writeFolder({
      'plan.yaml': `setpoint: 1\nname: plan\ntasks:\n  job: { run: job, mode: ${mode} }\n`,
      'actions.ts': 'export const job = ({ traceparent }: { traceparent: string }) => traceparent',
    })
    const workers = { sync: 1, cpu: 1 }
    const runtime = await createRuntime({ plans: [folder], store: memoryStore(), workers })
    await runtime.start()
    const task = await runtime.submit('plan/job', undefined, { traceparent: PARENT })
    expect(await task.result()).toMatch(
      new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    )
    await runtime.stop()
  })
})

describe('a batch', () => {
  it('has one submission, and below it the runs of all', async () => {
    const { tree, named } = recordSpans()
    const { runtime } = await startRuntime(planOf({ job: async () => 1 }), { tracing })
    const handles = await runtime.submitBatch([
      { key: 'a', task: 'plan/job' },
      { key: 'b', task: 'plan/job', dependsOn: ['a'] },
    ])
    await handles['b']?.result()
    await runtime.stop()
    expect(named('submit batch')[0]?.attributes).toMatchObject({ 'setpoint.batch.size': 2 })
    expect(tree().filter((line) => line === '  run plan/job completed')).toHaveLength(2)
  })
})

describe('a refused submission', () => {
  it('ends its span with the error', async () => {
    const { tree } = recordSpans()
    const queues = { main: { concurrency: 1, maxSize: 1 } }
    const plan = planOf({ job: () => new Promise(() => {}) })
    const { runtime } = await startRuntime(plan, { tracing, queues, grace: 0 })
    await runtime.queue('main').pause()
    await runtime.trySubmit('plan/job')
    await expect(runtime.trySubmit('plan/job')).rejects.toThrow('is full')
    expect(tree()).toContain(
      'submit plan/job !queue "main" is full (1 tasklets wait): try again later',
    )
  })
})

describe('a program without an SDK', () => {
  it('stores no trace, and runs in no context', async () => {
    const { runtime } = await startRuntime(
      planOf({ job: async () => trace.getSpanContext(context.active()) ?? null }),
      { tracing },
    )
    const task = await runtime.submit('plan/job')
    expect(await task.result()).toBeNull()
    const { traceId, traceparent } = (await runtime.get(task.id)) ?? {}
    expect([traceId, traceparent]).toEqual([undefined, undefined])
  })
})

interface Given {
  readonly traceparent?: string
  readonly runtime: {
    submit(task: string): Promise<{ readonly id: string }>
    call(task: string): Promise<unknown>
  }
}
