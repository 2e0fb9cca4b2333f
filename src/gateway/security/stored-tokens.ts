import { InputError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { Scope } from '../http/scope.ts'
import type { Holder, Tokens } from './authentication.ts'
import { SCOPES } from './scopes.ts'
import { createToken, hasHash, tokenId } from './token.ts'

/** A token as it is kept: everything but the token. Times are milliseconds since the epoch. */
export interface StoredToken {
  readonly id: string
  readonly name: string
  readonly scope: Scope
  readonly createdAt: number
  readonly expiresAt: number | undefined
}

export interface TokenRequest {
  /** For people: who or what uses it. 1 to 100 characters. */
  readonly name: string
  readonly scope: Scope
  /** Milliseconds since the epoch; undefined: until it is revoked. */
  readonly expiresAt?: number | undefined
}

type Facts = Pick<Store, 'fact' | 'facts' | 'writeFact'>
type Kept = Omit<StoredToken, 'id'> & { readonly hash: string }

const KIND = 'token'
/** A hash that no token has, so that an unknown id takes as long as a wrong secret. */
const NO_HASH = '00'.repeat(32)
const LONGEST_NAME = 100

/** The tokens of a database. One that is revoked opens nothing from then on, in any process. */
export class StoredTokens implements Tokens {
  readonly #facts: Facts
  readonly #clock: Clock

  /** Over a store that is open by the time of the first call. */
  constructor(facts: Facts, clock: Clock = systemClock) {
    this.#facts = facts
    this.#clock = clock
  }

  /**
   * Resolves with the token itself, which cannot be had again.
   * @throws {InputError} for a name, scope or end that cannot be used.
   */
  async add(request: TokenRequest): Promise<StoredToken & { readonly token: string }> {
    const { name, scope, expiresAt } = checked(request, this.#clock.now())
    const { id, token, hash } = createToken()
    const createdAt = this.#clock.now()
    const value = { name, scope, createdAt, expiresAt, hash }
    await this.#facts.writeFact({ kind: KIND, key: id, value, version: 0 })
    return { id, name, scope, createdAt, expiresAt, token }
  }

  /** Oldest first, the ones that have ended included. */
  async list(): Promise<readonly StoredToken[]> {
    const facts = await this.#facts.facts(KIND)
    return facts.map(toStored).sort((a, b) => a.createdAt - b.createdAt)
  }

  /** By id, or by the name if only one token has it. Resolves with the revoked one, if there was one. */
  async revoke(idOrName: string): Promise<StoredToken | undefined> {
    const all = await this.list()
    const found = all.filter(({ id, name }) => id === idOrName || name === idOrName)
    if (found.length > 1) {
      const ids = found.map(({ id }) => id).join(', ')
      throw new InputError(`${found.length} tokens are named "${idOrName}": give the id (${ids})`)
    }
    const token = found[0]
    if (token !== undefined) await this.#remove(token.id)
    return token
  }

  async holder(token: string): Promise<Holder | undefined> {
    const id = tokenId(token)
    if (id === undefined) return undefined
    const fact = await this.#facts.fact(KIND, id)
    const kept = fact?.value as Kept | undefined
    if (!hasHash(token, kept?.hash ?? NO_HASH) || kept === undefined) return undefined
    if (kept.expiresAt !== undefined && kept.expiresAt <= this.#clock.now()) return undefined
    return { id, scope: kept.scope }
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#facts.facts(KIND)).length === 0
  }

  /** Whatever another process writes meanwhile. */
  async #remove(id: string): Promise<void> {
    for (;;) {
      const fact = await this.#facts.fact(KIND, id)
      if (fact === undefined) return
      const { written } = await this.#facts.writeFact({ ...fact, value: undefined })
      if (written) return
    }
  }
}

function toStored({ key, value }: Fact): StoredToken {
  const { name, scope, createdAt, expiresAt } = value as Kept
  return { id: key, name, scope, createdAt, expiresAt }
}

function checked(request: TokenRequest, now: number): TokenRequest {
  const { name, scope, expiresAt } = request
  const text = name.trim()
  if (text === '' || text.length > LONGEST_NAME || /\p{Cc}/u.test(text)) {
    throw new InputError(`a token needs a name of 1 to ${LONGEST_NAME} characters`)
  }
  if (!SCOPES.includes(scope)) {
    throw new InputError(`scope is one of ${SCOPES.join(', ')}, not ${JSON.stringify(scope)}`)
  }
  if (expiresAt !== undefined && !(expiresAt > now)) {
    throw new InputError('a token cannot end before it begins: give a later time')
  }
  return { name: text, scope, expiresAt }
}
