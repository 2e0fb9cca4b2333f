import { SetpointError, StoreError } from '../../core/errors.ts'

const RETRIED = new Set(['40001', '40P01', '55P03'])
const READ_ONLY = '25006'
const UNIQUE_VIOLATION = '23505'
const IN_FAILED_TRANSACTION = '25P02'

/** SQLSTATEs and codes of Node that say that the server cannot be reached now. */
const LOST =
  /^(08|57P0)|^(25P03|53300|ENETUNREACH|EHOSTDOWN|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN)$/
const LOST_MESSAGE =
  /^(Connection terminated|timeout exceeded|Client has encountered a connection error|Cannot use a pool|Client was closed)/

/** SQLSTATEs that have a remedy (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const REMEDIES: Readonly<Record<string, readonly [code: string, remedy: string]>> = {
  '28P01': ['denied', 'the password is wrong: check the URL'],
  '28000': ['denied', 'the server refuses this user: check the URL and pg_hba.conf'],
  '3D000': ['failed', 'there is no such database: create it, or name another in the URL'],
  '42501': ['denied', 'the user may not do this: grant it CREATE on the database'],
  '25006': ['readonly', 'the server is read-only: name the primary in the URL'],
  '53300': [
    'unavailable',
    'the server has no connection left: raise max_connections, or lower ours',
  ],
  '57014': ['failed', 'a statement took too long: raise statement_timeout for this user'],
  '53100': ['full', 'the disk of the server is full: nothing was changed, free some space'],
}

/** Of what the driver threw, also when it stands behind an error of ours. */
function codeOf(error: unknown): string {
  if (error instanceof StoreError) return codeOf(error.cause)
  if (!(error instanceof Error) || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

/** Because a statement before it in the same transaction has failed. */
export function isRefused(error: unknown): boolean {
  return codeOf(error) === IN_FAILED_TRANSACTION
}

export function isRetried(error: unknown): boolean {
  return RETRIED.has(codeOf(error))
}

export function isDuplicate(error: unknown): boolean {
  return codeOf(error) === UNIQUE_VIOLATION
}

/**
 * Behind the address there may be another server by now: one that has become read-only was the
 * primary before.
 */
export function isOfNoUse(error: unknown): boolean {
  return isLost(error) || codeOf(error) === READ_ONLY
}

export function isLost(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isLost)
  return LOST.test(codeOf(error)) || (error instanceof Error && LOST_MESSAGE.test(error.message))
}

/** What the driver threw, as an error that says what to do. Errors of others pass unchanged. */
export function toStoreError(error: unknown, place: string): Error {
  if (error instanceof SetpointError) return error
  const [code, remedy] = remedyFor(error)
  if (code === undefined) return error instanceof Error ? error : new Error(remedy)
  return new StoreError(code, `${place}: ${remedy}`, { cause: error })
}

export function toOpenError(error: unknown, place: string): StoreError {
  if (error instanceof StoreError && error.code === 'store_open') return error
  // What a call has said already is not said twice.
  const cause = error instanceof StoreError && error.cause !== undefined ? error.cause : error
  return new StoreError('open', `cannot open ${place}: ${remedyFor(cause)[1]}`, { cause })
}

function remedyFor(error: unknown): readonly [code: string | undefined, remedy: string] {
  const said = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  const known = REMEDIES[code]
  if (known !== undefined) return known
  if (isLost(error)) {
    return [
      'unavailable',
      `the server cannot be reached (${said || code}): start it or check the URL; the call may be made again`,
    ]
  }
  return [/^[0-9A-Z]{5}$/.test(code) ? 'failed' : undefined, said]
}
