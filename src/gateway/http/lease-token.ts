import { Problem } from './problem.ts'

export interface LeaseName {
  readonly id: string
  /** Fencing token. */
  readonly token: number
}

/**
 * The name of a lease in addresses: the tasklet and its fencing token. So every process over the
 * same store can settle it; that the lease still stands is for the store to say.
 */
export function toLeaseToken({ id, token }: LeaseName): string {
  return Buffer.from(`${token}.${id}`).toString('base64url')
}

/** @throws {Problem} `not_found` for a text that names no lease. */
export function fromLeaseToken(text: string): LeaseName {
  const [, token, id] = /^(\d{1,15})\.(.+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? []
  if (token === undefined || id === undefined) {
    throw new Problem('not_found', `"${text}" names no lease: use the token that a pull has given`)
  }
  return { id, token: Number(token) }
}
