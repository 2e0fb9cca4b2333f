import { SpanKind } from '@opentelemetry/api'
import { describe, expect, it } from 'vitest'
import { sqliteStore } from '../../../src/stores/sqlite/store.ts'
import { createTracing } from '../../../src/telemetry/tracing.ts'
import { newDatabaseFile } from '../../support/database-file.ts'
import { makeKiln } from '../../support/kiln.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../support/runtimes.ts'
import { recordSpans } from '../../support/spans.ts'
import { planOfSteps, run, sequence, waitFor } from '../../support/step-programs.ts'

const tracing = createTracing()

describe('the spans of a tasklet', () => {
  it('tell of its submission, its wait and every phase of its run', async () => {
    const { tree, spans } = recordSpans()
    const plan = planOf({ job: async () => 'done' })
    const { runtime } = await startRuntime(plan, { tracing })
    const task = await runtime.submit('plan/job')
    await task.result()
    const record = await runtime.get(task.id)
    await runtime.stop()
    expect(tree()).toEqual([
      'submit plan/job',
      '  wait plan/job',
      '  run plan/job completed',
      '    grant',
      '    execute',
      '    settle',
    ])
    const traceIds = new Set(spans().map((span) => span.spanContext().traceId))
    expect([...traceIds]).toEqual([record?.traceId])
  })

  it('say what they are about, and hand over as producer and consumer', async () => {
    const { named } = recordSpans()
    const plan = planOf({ job: async () => 'done' })
    const { runtime } = await startRuntime(plan, { tracing })
    const task = await runtime.submit('plan/job', undefined, { priority: 'high' })
    await task.result()
    await runtime.stop()
    const [submit] = named('submit plan/job')
    expect(submit?.kind).toBe(SpanKind.PRODUCER)
    expect(submit?.attributes).toMatchObject({
      'setpoint.tasklet.id': task.id,
      'setpoint.created': true,
    })
    const [ran] = named('run plan/job')
    expect(ran?.kind).toBe(SpanKind.CONSUMER)
    expect(ran?.attributes).toMatchObject({
      'setpoint.tasklet.id': task.id,
      'setpoint.task': 'plan/job',
      'setpoint.queue': 'main',
      'setpoint.priority': 100,
      'setpoint.attempt': 1,
      'setpoint.delivery': 1,
      'setpoint.outcome': 'completed',
    })
  })

  it('show the preparation of the world, edge by edge, and an edge that failed', async () => {
    const { tree, named } = recordSpans()
    const kiln = makeKiln({ fire: { requires: 'hot', run: () => 'fired' } })
    kiln.doings['heat'] = () => {
      throw new Error('no gas')
    }
    const { runtime, clock } = await startRuntime(kiln.plan, { tracing })
    const task = await runtime.submit('kiln/fire')
    await clock.advance('1m')
    await task.result()
    expect(tree()).toEqual([
      'submit kiln/fire',
      '  wait kiln/fire',
      '  run kiln/fire completed',
      '    grant',
      '    prepare',
      '      transition WARM moved',
      '      transition HEAT failed !no gas',
      '      transition COOL moved',
      '      transition HEAT moved',
      '    execute',
      '    settle',
    ])
    const [, second] = named('transition HEAT')
    expect(second?.attributes).toMatchObject({
      'setpoint.transition.from': 'cold',
      'setpoint.transition.to': 'hot',
      'setpoint.transition.task': 'blast',
    })
    const [prepare] = named('prepare')
    expect(prepare?.events.map(({ name }) => name)).toContain('path.found')
  })

  it('stay in one trace over retries, each run with its error', async () => {
    const { tree, named, spans } = recordSpans()
    const plan = planOf({
      job: {
        retry: { attempts: 2, backoff: { type: 'fixed', delay: 100 } },
        run: () => {
          throw new RangeError('no such thing')
        },
      },
    })
    const { runtime, clock } = await startRuntime(plan, { tracing })
    const task = await runtime.submit('plan/job')
    const failed = task.result().catch(() => {})
    await clock.advance('1s')
    await failed
    expect(tree()).toEqual([
      'submit plan/job',
      '  wait plan/job',
      '  run plan/job retrying !no such thing',
      '    grant',
      '    execute',
      '    settle',
      '  wait plan/job',
      '  run plan/job failed !no such thing',
      '    grant',
      '    execute',
      '    settle',
    ])
    const [first, last] = named('run plan/job')
    expect(first?.attributes['error.type']).toBe('error')
    expect(last?.attributes['setpoint.attempt']).toBe(2)
    const [exception] = last?.events ?? []
    expect(exception).toMatchObject({
      name: 'exception',
      attributes: { 'exception.message': 'no such thing' },
    })
    expect(String(exception?.attributes?.['exception.stacktrace'])).toContain('tracing.test.ts')
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  it('show its steps, those of its handler and those of a program', async () => {
    const { tree } = recordSpans()
    const plan = planOfSteps(
      {
        made: sequence(
          run('first', () => 1),
          run('second', () => 2),
        ),
      },
      {
        job: async ({ step }: { step(name: string, work: () => unknown): Promise<unknown> }) => {
          await step('fetch', () => 1)
        },
      },
    )
    const { runtime } = await startRuntime(plan, { tracing })
    await runtime.call('plan/made')
    await runtime.call('plan/job')
    await runtime.stop()
    expect(tree()).toEqual(
      expect.arrayContaining([
        '      step first completed',
        '      step second completed',
        '      step fetch',
      ]),
    )
  })

  it('go on in the same trace after it was passivated, and after a restart', async () => {
    const { tree, spans } = recordSpans()
    const file = newDatabaseFile()
    const plan = () =>
      planOfSteps({
        job: sequence(
          run('ask', () => 1),
          waitFor('ok', 'ok.*'),
        ),
      })
    const clock = new ManualClock()
    const before = await startRuntime(plan(), { tracing }, sqliteStore(file), clock)
    const passivated = new Promise((resolve) =>
      before.runtime.events.once('tasklet.scheduled', resolve),
    )
    const { id } = await before.runtime.submit('plan/job')
    await passivated
    const stopping = before.runtime.stop()
    await clock.advance('1m')
    await stopping
    const after = await startRuntime(plan(), { tracing }, sqliteStore(file), clock)
    const ended = new Promise((resolve) => after.runtime.events.once('tasklet.completed', resolve))
    after.runtime.events.emit('ok.given')
    await ended
    expect(await after.runtime.get(id)).toMatchObject({
      traceId: spans()[0]?.spanContext().traceId,
    })
    expect(tree()).toEqual([
      'submit plan/job',
      '  wait plan/job',
      '  run plan/job passivated',
      '    grant',
      '    execute',
      '      step ask completed',
      '      step ok',
      '    settle',
      '  run plan/job completed',
      '    grant',
      '    execute',
      '    settle',
    ])
  })
})
