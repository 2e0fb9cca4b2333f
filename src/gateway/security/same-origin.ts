import type { Context, MiddlewareHandler } from 'hono'
import { Problem } from '../http/problem.ts'
import type { Names } from './names.ts'
import type { RefusalLog } from './refusal-log.ts'

/**
 * Refuses requests under a name that is not the server's, and those that a page from elsewhere has
 * made: whatever their method and content type.
 */
export function refuseForeign(
  names: Names,
  refusals: RefusalLog,
  addressOf: (context: Context) => string,
): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? new URL(context.req.url).host
    const origin = context.req.header('origin')
    const detail = foreign(context, names, host, origin)
    if (detail === undefined) return next()
    refusals.tell(context, addressOf(context), 'foreign', { host, origin })
    throw new Problem('forbidden', detail)
  }
}

function foreign(
  context: Context,
  names: Names,
  host: string,
  origin: string | undefined,
): string | undefined {
  if (!names.allowsHost(host)) {
    return 'the server does not go by the name in Host: add it to hosts if it is meant to'
  }
  if (origin !== undefined) {
    if (names.allowsOrigin(origin, host)) return undefined
    return 'pages of this Origin may not call the server: add it to origins if they are meant to'
  }
  return isDrawnIn(context) ? 'a page from elsewhere may not draw this in' : undefined
}

/** An image, script or frame of a page from elsewhere, which sends no Origin. A link may be followed. */
function isDrawnIn({ req }: Context): boolean {
  const site = req.header('sec-fetch-site')
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  const isLink = req.header('sec-fetch-mode') === 'navigate'
  return !(isLink && req.header('sec-fetch-dest') === 'document' && req.method === 'GET')
}
