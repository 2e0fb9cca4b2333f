import { createHash } from 'node:crypto'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { refuseMethod } from '../http/mount.ts'
import type { Route } from '../http/route.ts'
import { pagePolicy } from '../security/headers.ts'
import { docsPage } from './docs-page.ts'
import { describeRoutes } from './document.ts'
import { errorsPage } from './errors-page.ts'
import { landingPage } from './landing-page.ts'
import { packageVersion } from './package-version.ts'
import type { Page } from './page.ts'

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>

/** The document of the API, and the pages that people read. */
export function mountPages(app: OpenAPIHono, prefix: string, routes: readonly Route[]): void {
  describeRoutes(app.openAPIRegistry, prefix, routes)
  const texts = once(() => {
    const document = toDocument(app)
    const content = JSON.stringify(document)
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
    return { content, etag, docs: docsPage(document), errors: errorsPage() }
  })
  const landing = landingPage()
  const addresses = {
    '/openapi.json': (context: Context) => sendDocument(context, texts()),
    [`${prefix}/openapi.json`]: (context: Context) => sendDocument(context, texts()),
    '/docs': (context: Context) => sendPage(context, texts().docs),
    [`${prefix}/docs`]: (context: Context) => sendPage(context, texts().docs),
    '/docs/errors': (context: Context) => sendPage(context, texts().errors),
    '/': (context: Context) => sendPage(context, landing),
  }
  for (const [path, send] of Object.entries(addresses)) {
    app.get(path, send)
    app.all(path, (context) => refuseMethod(context, ['GET']))
  }
}

function toDocument(app: OpenAPIHono): Document {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Setpoint',
      version: packageVersion(),
      description:
        'Submit tasks, watch them, and manage queues, plans and schedules. Records have the form of the published envelope. Refusals are `application/problem+json`.',
    },
    servers: [{ url: '/' }],
  })
}

/** What is costly is made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

const FRESH = 'no-cache'

function sendDocument(
  context: Context,
  { content, etag }: { readonly content: string; readonly etag: string },
): Response {
  const headers = { etag, 'cache-control': FRESH }
  const known = context.req.header('if-none-match')?.split(/\s*,\s*/) ?? []
  if (known.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag)) {
    return context.body(null, 304, headers)
  }
  return context.body(content, 200, { ...headers, 'content-type': 'application/json' })
}

function sendPage(context: Context, { html, styles, scripts }: Page): Response {
  return context.body(html, 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy({ styles, scripts }),
    'cache-control': FRESH,
  })
}
