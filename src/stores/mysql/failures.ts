import { SetpointError, StoreError } from '../../core/errors.ts'

/** What a server or the driver says, by number or by name, and what to do about it. */
const REMEDIES: Readonly<Record<string | number, readonly [code: string, remedy: string]>> = {
  1021: ['full', 'the disk of the server is full: nothing was changed, free some space'],
  1040: ['unavailable', 'the server has no connection left: raise max_connections, or lower ours'],
  1044: ['denied', 'the user may not use the database: grant it all privileges there'],
  1045: ['denied', 'the server refused the user or the password: check both in the URL'],
  1049: ['denied', 'there is no such database: create it'],
  1114: ['full', 'a table of the server is full: nothing was changed, free some space'],
  1142: ['denied', 'the user may not do this to a table: grant it all privileges there'],
  1153: ['too_large', 'the values are too large for one statement: raise max_allowed_packet'],
  1203: ['unavailable', 'the user has no connection left: raise its limit, or lower ours'],
  1205: ['locked', 'a row stayed locked by another transaction: end it and try again'],
  1213: ['locked', 'other transactions were in the way each time: try again'],
  1226: ['unavailable', 'the user has used up what it may: raise its limit'],
  1290: ['readonly', 'the server is read-only: connect to the primary'],
  1698: ['denied', 'the server refused the user or the password: check both in the URL'],
  1792: ['readonly', 'the server is read-only: connect to the primary'],
  1836: ['readonly', 'the server is read-only: connect to the primary'],
}

/** The server has gone, is going, or has no room for a connection: another attempt may do. */
const LOST: ReadonlySet<unknown> = new Set([
  1040, 1053, 1077, 1079, 1129, 1152, 1158, 1159, 1160, 1161, 1203, 1226, 1927, 2006, 2013, 4031,
])
const LOST_NAMES =
  /^(PROTOCOL_CONNECTION_LOST|PROTOCOL_SEQUENCE_TIMEOUT|POOL_\w+|E(CONN\w+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH|HOSTDOWN))$/

/** Deadlock, and lock wait timeout: the transaction may do when it is run again. */
const PASSING: ReadonlySet<unknown> = new Set([1205, 1213])
const READ_ONLY: ReadonlySet<unknown> = new Set([1290, 1792, 1836])
const DUPLICATES: ReadonlySet<unknown> = new Set([1062, 1586])

interface Failure {
  readonly number: number | undefined
  readonly name: string
  readonly isFatal: boolean
}

/** What the driver threw, also under what we made of it; undefined when it was someone else. */
function toFailure(error: unknown): Failure | undefined {
  if (error instanceof StoreError) return toFailure(error.cause)
  if (!(error instanceof Error) || error instanceof SetpointError) return undefined
  const { errno, code, fatal } = error as Error & Record<'errno' | 'code' | 'fatal', unknown>
  const name = typeof code === 'string' ? code : ''
  if (name === '' && typeof errno !== 'number') {
    // The driver gives these no code.
    if (!/^Pool is closed|closed state/.test(error.message)) return undefined
    return { number: undefined, name: 'PROTOCOL_CONNECTION_LOST', isFatal: true }
  }
  return { number: typeof errno === 'number' ? errno : undefined, name, isFatal: fatal === true }
}

export function isPassing(error: unknown): boolean {
  return PASSING.has(toFailure(error)?.number)
}

export function isDuplicate(error: unknown): boolean {
  return DUPLICATES.has(toFailure(error)?.number)
}

/** The connection is of no use any more, or there was none. */
export function isLost(error: unknown): boolean {
  const failure = toFailure(error)
  if (failure === undefined) return false
  return failure.isFatal || LOST.has(failure.number) || LOST_NAMES.test(failure.name)
}

/**
 * Behind the address there may be another server by now: one that has become read-only was the
 * primary before.
 */
export function isOfNoUse(error: unknown): boolean {
  return isLost(error) || READ_ONLY.has(toFailure(error)?.number)
}

/** What the driver threw, as an error that says what to do. Errors of others pass unchanged. */
export function toStoreError(error: unknown, place: string): unknown {
  const failure = error instanceof StoreError ? undefined : toFailure(error)
  if (failure === undefined) return error
  const [code, remedy] = remedyFor(error, failure)
  return new StoreError(code, `${place}: ${remedy}`, { cause: error })
}

export function toOpenError(error: unknown, place: string): unknown {
  if (error instanceof StoreError && error.code === 'store_open') return error
  const failure = toFailure(error)
  if (failure === undefined) return error
  const [, remedy] = remedyFor(error, failure)
  return new StoreError('open', `cannot open ${place}: ${remedy}`, { cause: error })
}

function remedyFor(error: unknown, { number, name }: Failure): readonly [string, string] {
  const remedy = REMEDIES[number ?? name]
  if (remedy !== undefined) return remedy
  const said = error instanceof Error && error.message !== '' ? error.message : name
  if (!isLost(error)) return ['failed', said]
  return [
    'unavailable',
    `no connection (${said}): check that the server runs and can be reached; it is tried again with the next call`,
  ]
}
