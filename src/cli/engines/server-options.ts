import { toMilliseconds } from '../../core/duration.ts'
import { InputError } from '../../core/errors.ts'

interface ServerOptions {
  /** Without the options that are ours. */
  readonly url: string
  readonly connections: number | undefined
  readonly pollInterval: number | undefined
  readonly schema: string | undefined
}

/**
 * Options of a store stand in the query of its URL: `?connections=3&pollInterval=1s&schema=jobs`.
 * @throws {InputError} for a value that cannot be used.
 */
export function toServer(text: string): ServerOptions {
  const url = new URL(text)
  const take = (name: string) => {
    const value = url.searchParams.get(name) ?? undefined
    url.searchParams.delete(name)
    return value
  }
  const connections = take('connections')
  const pollInterval = take('pollInterval')
  const schema = take('schema')
  return {
    url: url.href,
    connections: connections === undefined ? undefined : toCount(connections),
    pollInterval: pollInterval === undefined ? undefined : toMilliseconds(pollInterval),
    schema,
  }
}

function toCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InputError(`connections=${text}: give a whole number from 1 to 9999`)
}
