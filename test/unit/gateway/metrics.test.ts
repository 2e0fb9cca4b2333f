import { expect, test } from 'vitest'
import type { MetricsSource } from '../../../src/gateway/metrics.ts'
import { bearer, startGateway, startGuarded } from '../../support/gateway.ts'

type Answered = Parameters<MetricsSource['request']>[0]

/** Keeps what it hears, and shows a fixed text. */
function keptMetrics() {
  const heard: Answered[] = []
  const metrics: MetricsSource = {
    contentType: 'text/plain; version=0.0.4',
    scrape: async () => 'setpoint_up 1\n',
    request: (answered) => void heard.push(answered),
  }
  return { metrics, heard }
}

test('what was counted is shown as Prometheus reads it, and kept by nobody between', async () => {
  const { app } = await startGateway({ metrics: keptMetrics().metrics })
  const answer = await app.request('/metrics')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.text()).toBe('setpoint_up 1\n')
})

test('the metrics are only read', async () => {
  const { app } = await startGateway({ metrics: keptMetrics().metrics })
  const answer = await app.request('/metrics', { method: 'DELETE' })
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toContain('GET')
})

test('without metrics there is nothing at their address', async () => {
  const { app } = await startGateway()
  expect((await app.request('/metrics')).status).toBe(404)
})

test('where tokens are needed, the metrics need one that may read', async () => {
  const { app, tokens } = await startGuarded({ metrics: keptMetrics().metrics })
  expect((await app.request('/metrics')).status).toBe(401)
  const headers = bearer(tokens.read.token)
  expect((await app.request('/metrics', { headers })).status).toBe(200)
})

test('requests are told by the pattern of their address, so that ids make no series', async () => {
  const { metrics, heard } = keptMetrics()
  const { app, runtime } = await startGateway({ metrics })
  const { id } = await runtime.submit('plan/greet')
  for (const path of [`/api/v1/tasks/${id}`, '/api/v1/tasks/none', '/api/v1/plans/plan/machine']) {
    await app.request(path)
  }
  expect(heard.map(({ method, route, status }) => [method, route, status])).toEqual([
    ['GET', '/api/v1/tasks/{id}', 200],
    ['GET', '/api/v1/tasks/{id}', 404],
    ['GET', '/api/v1/plans/{name}/machine', 404],
  ])
})

test('an address that is not there is told without its text', async () => {
  const { metrics, heard } = keptMetrics()
  const { app } = await startGateway({ metrics })
  await app.request('/no/such/secret')
  expect(heard).toMatchObject([{ status: 404 }])
  expect(heard[0]?.route).not.toContain('secret')
})

test('a refused request is told as well', async () => {
  const { metrics, heard } = keptMetrics()
  const { app } = await startGuarded({ metrics })
  await app.request('/api/v1/tasks')
  expect(heard).toMatchObject([{ method: 'GET', status: 401 }])
})

test('the duration of a request is told in milliseconds', async () => {
  const { metrics, heard } = keptMetrics()
  const { app, clock } = await startGateway({
    metrics: {
      ...metrics,
      scrape: async () => {
        await clock.advance('2s')
        return ''
      },
    },
  })
  await app.request('/metrics')
  expect(heard).toMatchObject([{ route: '/metrics', duration: 2000 }])
})
