import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DispatchError } from '../../../src/core/errors.ts'
import { memoryDispatch } from '../../../src/dispatch/memory/dispatch.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { METRICS } from '../../../src/telemetry/metric-list.ts'
import { createMetrics, type MetricsOptions, metricsRoute } from '../../../src/telemetry/metrics.ts'
import { memoryTopics } from '../../../src/topics/memory/topics.ts'
import { makeKiln } from '../../support/kiln.ts'
import { planOf, startRuntime } from '../../support/runtimes.ts'
import { parseScrape } from './scrape.ts'

function meter(runtime: Pick<Runtime, 'events' | 'stats' | 'status'>, options?: MetricsOptions) {
  const metrics = createMetrics(runtime, options)
  onTestFinished(() => metrics.close())
  const scrape = async () => parseScrape(await metrics.scrape())
  return { metrics, scrape }
}

const WORK = 'plan="plan",task="job",queue="main"'

describe('the metrics of a runtime', () => {
  it('count what becomes of tasklets, by plan, task and queue', async () => {
    let failures = 1
    const plan = planOf({
      job: {
        retry: { attempts: 2, backoff: { type: 'fixed', delay: 100 } },
        run: () => {
          if (failures-- > 0) throw new Error('no')
        },
      },
      bad: () => {
        throw new Error('never')
      },
    })
    const { runtime, clock } = await startRuntime(plan)
    const { scrape } = meter(runtime)
    const job = await runtime.submit('plan/job')
    const bad = await runtime.submit('plan/bad')
    const later = await runtime.submit('plan/job', undefined, { delay: '1h' })
    const failed = bad.result().catch(() => {})
    await clock.advance('1s')
    await Promise.all([job.result(), failed, later.cancel('not needed')])
    const { values } = await scrape()
    const BAD = 'plan="plan",task="bad",queue="main"'
    expect(values).toMatchObject({
      [`setpoint_tasklets_submitted_total{${WORK}}`]: 2,
      [`setpoint_tasklets_submitted_total{${BAD}}`]: 1,
      [`setpoint_tasklets_settled_total{${WORK},status="completed"}`]: 1,
      [`setpoint_tasklets_settled_total{${WORK},status="cancelled"}`]: 1,
      [`setpoint_tasklets_settled_total{${BAD},status="failed"}`]: 1,
      [`setpoint_tasklet_retries_total{${WORK}}`]: 1,
      'setpoint_tasklet_errors_total{plan="plan",task="job",kind="error"}': 1,
      [`setpoint_tasklet_run_seconds_count{${WORK}}`]: 2,
      [`setpoint_tasklet_wait_seconds_count{${WORK}}`]: 1,
    })
  })

  it('show the queues as the store has them', async () => {
    const queues = { main: { concurrency: 1, maxSize: 5 } }
    const gate = Promise.withResolvers<void>()
    const plan = planOf({ job: () => gate.promise })
    const { runtime, clock } = await startRuntime(plan, { queues })
    const { scrape } = meter(runtime)
    const tasks = [await runtime.submit('plan/job'), await runtime.submit('plan/job')]
    await clock.advance('10s')
    await runtime.queue('main').pause()
    const { values } = await scrape()
    expect(values).toMatchObject({
      setpoint_up: 1,
      setpoint_health: 0,
      'setpoint_queue_tasklets{queue="main",status="running"}': 1,
      'setpoint_queue_tasklets{queue="main",status="pending"}': 1,
      'setpoint_queue_tasklets{queue="interrupt",status="pending"}': 0,
      'setpoint_queue_depth{queue="main"}': 1,
      'setpoint_queue_max_size{queue="main"}': 5,
      'setpoint_queue_paused{queue="main"}': 1,
      'setpoint_queue_oldest_age_seconds{queue="main"}': 10,
    })
    expect(values).not.toHaveProperty(['setpoint_queue_max_size{queue="event"}'])
    await runtime.queue('main').resume()
    gate.resolve()
    await Promise.all(tasks.map((task) => task.result()))
    const after = await scrape()
    expect(after.values['setpoint_queue_depth{queue="main"}']).toBe(0)
    expect(after.values['setpoint_queue_wait_seconds{queue="main",quantile="0.5"}']).toBeDefined()
  })

  it('tell which brokers this process reaches', async () => {
    const isGone = () => Promise.reject(new DispatchError('open', 'nobody is there'))
    const gone = Object.assign(memoryDispatch(), { name: 'gone', open: isGone })
    const { runtime } = await startRuntime(planOf({ job: () => 1 }), {
      dispatch: gone,
      topics: memoryTopics(),
    })
    const { values } = await meter(runtime).scrape()
    expect(values).toMatchObject({
      setpoint_health: 1,
      'setpoint_broker_up{role="dispatch",name="gone"}': 0,
      'setpoint_broker_up{role="topics",name="memory"}': 1,
    })
  })

  it('count transitions by edge, and time them and the planning', async () => {
    const kiln = makeKiln({ fire: { requires: 'hot', run: () => 'fired' } })
    kiln.doings['heat'] = () => {
      throw new Error('no gas')
    }
    const { runtime, clock } = await startRuntime(kiln.plan)
    const { scrape } = meter(runtime)
    const task = await runtime.submit('kiln/fire')
    await clock.advance('1m')
    await task.result()
    const { values } = await scrape()
    expect(values).toMatchObject({
      'setpoint_transitions_total{plan="kiln",from="cold",event="WARM",to="warm",outcome="moved"}': 1,
      'setpoint_transitions_total{plan="kiln",from="warm",event="HEAT",to="hot",outcome="failed"}': 1,
      'setpoint_transition_seconds_count{plan="kiln",from="cold",event="HEAT",to="hot"}': 1,
      'setpoint_planning_seconds_count{plan="kiln"}': 2,
    })
  })

  it('count requests by route', async () => {
    const { runtime } = await startRuntime(planOf({ job: () => 1 }))
    const { metrics, scrape } = meter(runtime)
    metrics.request({ method: 'GET', route: '/tasks/{id}', status: 404, duration: 20 })
    const { values } = await scrape()
    expect(values).toMatchObject({
      'setpoint_http_requests_total{method="GET",route="/tasks/{id}",status="404"}': 1,
      'setpoint_http_request_seconds_sum{method="GET",route="/tasks/{id}"}': 0.02,
      'setpoint_http_request_seconds_bucket{le="0.01",method="GET",route="/tasks/{id}"}': 0,
      'setpoint_http_request_seconds_bucket{le="0.05",method="GET",route="/tasks/{id}"}': 1,
    })
  })

  it('have a bound on their series: what comes after it counts as other', async () => {
    const { runtime } = await startRuntime(planOf({ job: () => 1 }))
    const { metrics, scrape } = meter(runtime, { maxSeries: 2 })
    for (const route of ['/a', '/b', '/c', '/d', '/a']) {
      metrics.request({ method: 'GET', route, status: 200, duration: 1 })
    }
    const { values } = await scrape()
    expect(values).toMatchObject({
      'setpoint_http_requests_total{method="GET",route="/a",status="200"}': 2,
      'setpoint_http_requests_total{method="other",route="other",status="other"}': 2,
    })
  })

  it('are still told when the store cannot be read', async () => {
    const { runtime } = await startRuntime(planOf({ job: () => 1 }))
    const { events, status } = runtime
    const stats = () => Promise.reject(new Error('the disk is gone'))
    const { scrape } = meter({ events, status, stats })
    const { values } = await scrape()
    expect(values).toMatchObject({ setpoint_up: 1, setpoint_scrape_failures_total: 1 })
  })

  it('count nothing after they were closed', async () => {
    const { runtime } = await startRuntime(planOf({ job: () => 1 }))
    const { metrics, scrape } = meter(runtime)
    metrics.close()
    await runtime.call('plan/job')
    const { values } = await scrape()
    expect(values).not.toHaveProperty([`setpoint_tasklets_submitted_total{${WORK}}`])
  })

  it('are answered in the text format of Prometheus', async () => {
    const { runtime } = await startRuntime(planOf({ job: () => 1 }))
    const { metrics } = meter(runtime)
    const response = await metricsRoute(metrics)()
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    const { types } = parseScrape(await response.text())
    const expected = Object.entries(METRICS).map(([name, { type }]) => [name, type])
    expect(Object.entries(types).sort()).toEqual(expected.sort())
  })
})

describe('the names of metrics', () => {
  const names = Object.keys(METRICS)

  it('are those that the documentation lists, with type and labels', () => {
    const page = readFileSync(new URL('../../../docs/telemetry.md', import.meta.url), 'utf8')
    const rows = Object.entries(METRICS).map(
      ([name, { type, labels, help }]) =>
        `| \`${name}\` | ${type} | ${labels.join(', ') || '–'} | ${help} |`,
    )
    expect(page.match(/^\| `setpoint_.*$/gm)).toEqual(rows)
  })

  it('are the only ones that the dashboard of Grafana asks for', () => {
    const file = new URL('../../../docs/grafana/setpoint.json', import.meta.url)
    const dashboard = JSON.parse(readFileSync(file, 'utf8')) as Dashboard
    const asked = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    expect(asked.length).toBeGreaterThan(10)
    for (const expr of asked) {
      const used = expr.match(/setpoint_[a-z_]+/g) ?? []
      expect(used, expr).not.toEqual([])
      for (const name of used) {
        expect(names).toContain(name.replace(/_(bucket|sum|count)$/, ''))
      }
    }
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

interface Dashboard {
  readonly panels: readonly {
    readonly id: number
    readonly targets?: readonly { readonly expr: string }[]
  }[]
}
