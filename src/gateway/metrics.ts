import type { OpenAPIHono } from '@hono/zod-openapi'
import { routePath } from 'hono/route'
import type { Clock } from '../ports/clock.ts'
import { refuseMethod } from './http/mount.ts'

/** What counts, and shows what it has counted; `createMetrics` of telemetry is one. */
export interface MetricsSource {
  readonly contentType: string
  scrape(): Promise<string>
  /** `route`: the pattern, never the path, which has no end of values. `duration`: milliseconds. */
  request(answered: {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly duration: number
  }): void
}

/** Tells of every request that is answered; to be mounted before all others. */
export function observeRequests(app: OpenAPIHono, metrics: MetricsSource, clock: Clock): void {
  app.use(async (context, next) => {
    const begun = clock.now()
    await next()
    const { method } = context.req
    const route = toRoute(routePath(context, -1))
    metrics.request({ method, route, status: context.res.status, duration: clock.now() - begun })
  })
}

/** `GET /metrics`, as Prometheus reads it. */
export function mountMetrics(app: OpenAPIHono, metrics: MetricsSource): void {
  app.get('/metrics', async (context) => {
    const headers = { 'content-type': metrics.contentType, 'cache-control': 'no-store' }
    return context.body(await metrics.scrape(), 200, headers)
  })
  app.all('/metrics', (context) => refuseMethod(context, ['GET']))
}

/** `/api/v1/tasks/:id` is `/api/v1/tasks/{id}` in the document. */
function toRoute(pattern: string): string {
  return pattern.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')
}
