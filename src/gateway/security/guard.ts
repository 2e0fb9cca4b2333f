import type { Context, MiddlewareHandler } from 'hono'
import { Problem } from '../http/problem.ts'
import type { Scope } from '../http/scope.ts'
import type { AccessRules } from './access.ts'
import type { Authentication, Verdict } from './authentication.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { TokenBuckets } from './token-buckets.ts'

export interface GuardParts {
  /** Undefined: no tokens, everybody may do everything. */
  readonly authentication: Authentication | undefined
  /** Undefined: no limit. */
  readonly rates: TokenBuckets | undefined
  readonly refusals: RefusalLog
  readonly accessOf: AccessRules
  addressOf(context: Context): string
}

type Refused = Extract<Verdict, { readonly refused: string }>

const REALM = 'Bearer realm="setpoint"'
const HOW = 'send "Authorization: Bearer <token>"; "setpoint token add" makes a token'

/** Lets through who has the right, and no more often than agreed. */
export class Guard {
  readonly #parts: GuardParts

  constructor(parts: GuardParts) {
    this.#parts = parts
  }

  /** @throws {Problem} in the request's chain: `unauthorized`, `forbidden` or `rate_limited`. */
  readonly admit: MiddlewareHandler = async (context, next) => {
    const { rates, addressOf, accessOf } = this.#parts
    const { method, path } = context.req
    const access = accessOf(method, path)
    if (access === 'public') return next()
    const address = addressOf(context)
    const verdict = await this.#check(context, access, address)
    const holder = 'holder' in verdict ? verdict.holder : undefined
    const client = holder === undefined ? `address ${address}` : `token ${holder.id}`
    const wait = rates?.take(client)
    if (wait !== undefined) throw tooOften(wait, 'too many requests: wait')
    if ('refused' in verdict) throw this.#refusal(context, verdict, access, address)
    return next()
  }

  async #check(context: Context, needed: Scope, address: string): Promise<Verdict> {
    const { authentication } = this.#parts
    if (authentication === undefined) return { holder: undefined }
    return authentication.check(context.req.header('authorization'), needed, address)
  }

  #refusal(context: Context, verdict: Refused, needed: Scope, address: string): Problem {
    const { refused } = verdict
    const holder = 'holder' in verdict ? verdict.holder.id : undefined
    // `holder` is the id of a token, which opens nothing.
    this.#parts.refusals.tell(context, address, refused, { needed, holder })
    if (refused === 'failures') return tooOften(verdict.wait, 'too many wrong tokens: wait')
    if (refused === 'scope') {
      const challenge = `${REALM}, error="insufficient_scope", scope="${needed}"`
      const detail = `the token has scope "${verdict.holder.scope}", and this needs "${needed}"`
      return new Problem('forbidden', detail, { headers: { 'www-authenticate': challenge } })
    }
    if (refused === 'missing') {
      return unauthorized(`this needs a token of scope "${needed}": ${HOW}`, REALM)
    }
    const what =
      refused === 'wrong'
        ? 'the token is not known, or has ended'
        : 'Authorization holds no bearer token'
    return unauthorized(`${what}: ${HOW}`, `${REALM}, error="invalid_token"`)
  }
}

function unauthorized(detail: string, challenge: string): Problem {
  return new Problem('unauthorized', detail, { headers: { 'www-authenticate': challenge } })
}

function tooOften(wait: number, detail: string): Problem {
  const seconds = Math.max(1, Math.ceil(wait / 1000))
  return new Problem('rate_limited', `${detail} ${seconds} s`, {
    headers: { 'retry-after': String(seconds) },
  })
}
