import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { requestId } from 'hono/request-id'
import type { Log } from '../plan/handler.ts'
import { systemClock } from '../runtime/clock.ts'
import { stderrLog } from '../runtime/log.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { mountPages } from './document/pages.ts'
import { EventFeed } from './events/event-feed.ts'
import type { EventStreamOptions } from './events/options.ts'
import { mountHealth, Readiness } from './health.ts'
import { mountRoutes } from './http/mount.ts'
import { Problem, toProblemAnswer } from './http/problem.ts'
import { type MetricsSource, mountMetrics, observeRequests } from './metrics.ts'
import { ROUTES } from './routes.ts'
import { toAccess } from './security/access.ts'
import type { SecurityOptions } from './security/options.ts'
import { secure } from './security/secure.ts'

/** Who may call what, where what went wrong is told, and how events are told. */
export interface GatewayOptions extends SecurityOptions {
  readonly events?: EventStreamOptions | undefined
  /** Instead of a feed of its own: for who wants to close it. */
  readonly feed?: EventFeed | undefined
  /** Instead of one of its own: for who wants to say that it stops. */
  readonly readiness?: Readiness | undefined
  /** Answers at /metrics, and hears of every request. */
  readonly metrics?: MetricsSource | undefined
}

const PREFIX = '/api/v1'

/**
 * The HTTP API over a runtime, as a Hono app: `app.fetch` takes a Request and gives a Response. It
 * holds no state of its own and ends with the runtime.
 */
export function createGateway(runtime: Runtime, options: GatewayOptions = {}): OpenAPIHono {
  const { log = stderrLog, clock, events, metrics } = options
  const feed = options.feed ?? new EventFeed(runtime, { clock, ...events })
  const app = new OpenAPIHono()
  if (metrics !== undefined) observeRequests(app, metrics, clock ?? systemClock)
  app.use(requestId())
  app.onError((error, context) => answerProblem(error, context, log))
  app.notFound((context) => {
    const { path } = context.req
    const problem = new Problem('no_route', `there is nothing at ${path}: /docs has all addresses`)
    return answerProblem(problem, context, log)
  })
  secure(app, toAccess(PREFIX, ROUTES), options)
  mountHealth(app, options.readiness ?? new Readiness(runtime, clock))
  if (metrics !== undefined) mountMetrics(app, metrics)
  mountRoutes(app, PREFIX, ROUTES, { runtime, feed })
  mountPages(app, PREFIX, ROUTES)
  return app
}

function answerProblem(error: unknown, context: Context, log: Log): Response {
  const id = context.get('requestId')
  const { status, headers, body } = toProblemAnswer(error, id)
  const { method, path } = context.req
  if (body.code === 'internal') log.error('a request failed', { request: id, method, path, error })
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': id, ...headers },
  })
}
