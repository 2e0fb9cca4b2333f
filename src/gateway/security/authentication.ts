import { InputError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Scope } from '../http/scope.ts'
import { includesScope } from './scopes.ts'
import { hasHash, hashOf } from './token.ts'
import { TokenBuckets } from './token-buckets.ts'

/** Whose token it is. */
export interface Holder {
  /** Names the token in logs; not secret. */
  readonly id: string
  readonly scope: Scope
}

/** Knows tokens by what is kept of them. */
export interface Tokens {
  /** Undefined: there is no such token, or it has ended. */
  holder(token: string): Promise<Holder | undefined>
  /** Whether there is none at all, so that asking for one would keep everybody out. */
  isEmpty(): Promise<boolean>
}

/** Every header that goes on from here is safe to be logged. */
export type Verdict =
  | { readonly holder: Holder | undefined }
  | { readonly refused: 'missing' | 'malformed' | 'wrong' }
  | { readonly refused: 'scope'; readonly holder: Holder }
  | { readonly refused: 'failures'; readonly wait: number }

/** A token given in the environment opens everything, so it must not be guessed. */
const SHORTEST_TOKEN = 16
const LONGEST_HEADER = 512
/** Wrong tokens from one address: ten at once, and one in five seconds from then on. */
const FAILURES = { perSecond: 0.2, burst: 10 }
/** Tokens that have proved right; others' failures from the same address do not keep them out. */
const MOST_PROVED = 1000

/** One token that may do everything, as SETPOINT_TOKEN gives it; kept as its hash. */
export function adminToken(token: string): Tokens {
  if (token.length < SHORTEST_TOKEN || !/^[\x21-\x7e]+$/.test(token)) {
    throw new InputError(
      `the token needs at least ${SHORTEST_TOKEN} visible ASCII characters: take a random one, as "setpoint token add" makes`,
    )
  }
  const hash = hashOf(token)
  const holder: Holder = { id: 'environment', scope: 'admin' }
  return {
    holder: async (given) => (hasHash(given, hash) ? holder : undefined),
    isEmpty: async () => false,
  }
}

/** The first of them that knows a token counts. */
export function anyOf(all: readonly Tokens[]): Tokens {
  return {
    async holder(token) {
      for (const tokens of all) {
        const holder = await tokens.holder(token)
        if (holder !== undefined) return holder
      }
      return undefined
    },
    async isEmpty() {
      for (const tokens of all) if (!(await tokens.isEmpty())) return false
      return true
    },
  }
}

/** Decides whether a request may do what it asks for. */
export class Authentication {
  readonly #tokens: Tokens
  readonly #failures: TokenBuckets
  readonly #proved = new Set<string>()

  constructor(tokens: Tokens, clock: Clock) {
    this.#tokens = tokens
    this.#failures = new TokenBuckets(clock, FAILURES)
  }

  /** `header`: that of Authorization. `address`: of the client, to count its failures. */
  async check(header: string | undefined, needed: Scope, address: string): Promise<Verdict> {
    if (header === undefined || header === '') return { refused: 'missing' }
    const token = bearer(header)
    const hash = token === undefined ? undefined : hashOf(token)
    const wait = this.#failures.wait(address)
    if (wait !== undefined && (hash === undefined || !this.#proved.has(hash))) {
      return { refused: 'failures', wait }
    }
    if (token === undefined || hash === undefined) return this.#failed('malformed', address)
    const holder = await this.#tokens.holder(token)
    if (holder === undefined) {
      this.#proved.delete(hash)
      return this.#failed('wrong', address)
    }
    this.#prove(hash)
    return includesScope(holder.scope, needed) ? { holder } : { refused: 'scope', holder }
  }

  #failed(refused: 'malformed' | 'wrong', address: string): Verdict {
    this.#failures.take(address)
    return { refused }
  }

  #prove(hash: string): void {
    if (this.#proved.size >= MOST_PROVED) this.#proved.clear()
    this.#proved.add(hash)
  }
}

function bearer(header: string): string | undefined {
  if (header.length > LONGEST_HEADER) return undefined
  return /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1]
}
