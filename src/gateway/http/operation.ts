import type { Context } from 'hono'
import type { z } from 'zod'
import type { Runtime } from '../../runtime/runtime.ts'
import type { EventFeed } from '../events/event-feed.ts'
import type { ProblemCode } from './problem.ts'

/** What a handler is given: everything has been checked. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly runtime: Runtime
  readonly params: Params
  readonly query: Query
  readonly body: Body
  header(name: string): string | undefined
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  readonly feed: EventFeed
  /** For what answers with more than a value. */
  readonly context: Context
}

/** What a handler says; a text goes out as it is. */
export interface Answer {
  readonly status: number
  readonly body?: unknown
  /** Instead of a body: a text and its media type. */
  readonly text?: { readonly type: string; readonly content: string }
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer as it is documented. */
export interface AnswerShape {
  readonly description: string
  /** Of a body of JSON. */
  readonly schema?: z.ZodType
  readonly example?: unknown
  /** Media types of texts. */
  readonly texts?: readonly string[]
  /** What they say, by their names. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What one route takes, gives and does. */
export interface Operation<Params = unknown, Query = unknown, Body = unknown> {
  /** Camel case, unique: the name of the call in clients. */
  readonly id: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  readonly bodyExample?: unknown
  /** Request headers that it reads, by their names. */
  readonly headers?: Readonly<Record<string, string>>
  readonly answers: Readonly<Record<number, AnswerShape>>
  /** Problems beside those that every route may have. */
  readonly problems?: readonly ProblemCode[]
  handle(call: Call<Params, Query, Body>): Answer | Response | Promise<Answer>
}

/** Infers what its handler is given. */
export function operation<Params, Query, Body>(
  given: Operation<Params, Query, Body>,
): Operation<Params, Query, Body> {
  return given
}
