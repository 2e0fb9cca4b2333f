import type { Context, Hono, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { AccessRules } from './access.ts'
import { Authentication } from './authentication.ts'
import { limitBodies } from './body-limit.ts'
import { clientAddress } from './client.ts'
import { Guard } from './guard.ts'
import { SAFE_HEADERS } from './headers.ts'
import { Names } from './names.ts'
import { type SecurityOptions, type SecuritySettings, toSecuritySettings } from './options.ts'
import { RefusalLog } from './refusal-log.ts'
import { refuseForeign } from './same-origin.ts'
import { TokenBuckets } from './token-buckets.ts'

/**
 * Puts everything that keeps strangers out before the routes that are added to the app from here on:
 * safe headers, Host and Origin, tokens and their scopes, rates, the length of bodies. Refusals are
 * thrown as `Problem`.
 * `accessOf`: see `toAccess`.
 * @throws {InputError} for options that cannot be used.
 */
export function secure(
  app: Pick<Hono, 'use'>,
  accessOf: AccessRules,
  options: SecurityOptions = {},
): void {
  const settings = toSecuritySettings(options)
  const names = new Names(settings)
  const refusals = new RefusalLog(settings.log, settings.clock)
  const address = (context: Context) => clientAddress(context, settings.proxies)
  app.use('*', safeHeaders)
  app.use('*', refuseForeign(names, refusals, address))
  app.use('*', shareWith(names))
  app.use('*', createGuard(settings, accessOf, refusals).admit)
  app.use('*', limitBodies(settings.bodyLimit))
}

function createGuard(
  settings: SecuritySettings,
  accessOf: AccessRules,
  refusals: RefusalLog,
): Guard {
  const { tokens, rate, clock, proxies } = settings
  return new Guard({
    authentication: tokens && new Authentication(tokens, clock),
    rates: rate && new TokenBuckets(clock, rate),
    refusals,
    accessOf,
    addressOf: (context) => clientAddress(context, proxies),
  })
}

const safeHeaders: MiddlewareHandler = async (context, next) => {
  await next()
  const { headers } = context.res
  for (const [name, value] of Object.entries(SAFE_HEADERS)) {
    if (!headers.has(name)) headers.set(name, value)
  }
}

/** Only pages of origins that were named are told that they may read. */
function shareWith(names: Names): MiddlewareHandler {
  const share = cors({
    origin: (origin) => origin,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'last-event-id',
      'traceparent',
    ],
    exposeHeaders: ['location', 'retry-after', 'x-request-id', 'etag'],
    maxAge: 600,
  })
  return (context, next) => {
    const origin = context.req.header('origin')
    return origin !== undefined && names.sharesWith(origin) ? share(context, next) : next()
  }
}
