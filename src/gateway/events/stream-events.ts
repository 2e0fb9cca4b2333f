import type { Context } from 'hono'
import { InputError } from '../../core/errors.ts'
import { cutConnection } from '../security/client.ts'
import type { EventFeed } from './event-feed.ts'

const LONGEST = 200

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Proxies that collect what they pass on would keep events back.
  'x-accel-buffering': 'no',
}

/**
 * `GET /events?pattern=`: events as they are told, from now on or from the one that the header
 * Last-Event-ID names. Without a pattern: all.
 * @throws {InputError} for a pattern that matches nothing, and for what is no id.
 */
export function streamEvents(context: Context, feed: EventFeed): Response {
  const { req } = context
  const pattern = bounded('pattern', req.query('pattern')) ?? '**'
  const lastId = bounded('Last-Event-ID', req.header('last-event-id'))
  if (req.method === 'HEAD') return context.body(null, 200, HEADERS)
  const stream = feed.open({ pattern, lastId, cut: () => cutConnection(context) })
  return context.body(stream, 200, HEADERS)
}

function bounded(what: string, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  if (value.length <= LONGEST) return value
  throw new InputError(`${what} has at most ${LONGEST} characters, not ${value.length}`)
}
