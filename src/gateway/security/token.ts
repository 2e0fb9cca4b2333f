import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * `sp_<id>_<secret>`: the id finds the token where it is kept, the secret proves it. 32 random bytes
 * cannot be guessed, so one SHA-256 keeps them as well as a slow hash would, and checking a token
 * cannot be made into work for the server.
 */
const FORM = /^sp_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

export interface NewToken {
  readonly id: string
  /** To be shown once: only its hash is kept. */
  readonly token: string
  readonly hash: string
}

export function createToken(): NewToken {
  const id = randomBytes(6).toString('hex')
  const token = `sp_${id}_${randomBytes(32).toString('base64url')}`
  return { id, token, hash: digest(token).toString('hex') }
}

/** The id of a token that has the form of ours. */
export function tokenId(token: string): string | undefined {
  return FORM.exec(token)?.[1]
}

/** Takes the same time wherever they differ. `hash`: hexadecimal SHA-256. */
export function hasHash(token: string, hash: string): boolean {
  const expected = Buffer.from(hash, 'hex')
  const given = digest(token)
  return expected.length === given.length && timingSafeEqual(given, expected)
}

export function hashOf(token: string): string {
  return digest(token).toString('hex')
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
