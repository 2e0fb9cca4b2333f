import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { InputError } from '../../core/errors.ts'

export interface NameOptions {
  /** Names under which the server is reached besides those of this machine, such as `queue.example.com`. */
  readonly hosts?: readonly string[] | undefined
  /** Origins of other pages that may call it, such as `https://ops.example.com`. */
  readonly origins?: readonly string[] | undefined
}

/**
 * Which names a request may use. A page from elsewhere can make its own name lead to this machine
 * (DNS rebinding), but it cannot choose the name that the browser then sends.
 */
export class Names {
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>

  /** @throws {InputError} for a host or origin that is none. */
  constructor({ hosts = [], origins = [] }: NameOptions = {}) {
    this.#hosts = new Set([hostname().toLowerCase(), ...hosts.map(toHost)])
    this.#origins = new Set(origins.map(toOrigin))
  }

  /** `host`: the header Host, with or without a port. */
  allowsHost(host: string): boolean {
    const name = nameOf(host)
    if (name === undefined) return false
    // An address is no name, so nobody can make it lead elsewhere.
    return isAddress(name) || isLoopbackName(name) || this.#hosts.has(name)
  }

  /** `host`: the allowed host of the same request. */
  allowsOrigin(origin: string, host: string): boolean {
    return this.#origins.has(origin) || originHost(origin) === host.toLowerCase()
  }

  /** Whether pages of the origin, which is another one, may read what the server answers. */
  sharesWith(origin: string): boolean {
    return this.#origins.has(origin)
  }
}

/** Whether only this machine reaches a server that listens there. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  return isLoopbackName(name) || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

/** The name without its port, in lower case. */
function nameOf(host: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^\s/@:[\]]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase()
}

function originHost(origin: string): string | undefined {
  const url = URL.parse(origin)
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  return url !== null && isWeb && url.origin === origin ? url.host : undefined
}

function toHost(given: string): string {
  const name = nameOf(given)
  if (name !== undefined && !name.includes('*')) return name
  throw new InputError(
    `hosts: ${JSON.stringify(given)} is no host name, such as "queue.example.com"`,
  )
}

function toOrigin(given: string): string {
  if (originHost(given) !== undefined) return given
  throw new InputError(
    `origins: ${JSON.stringify(given)} is no origin, such as "https://ops.example.com" (no path, no "*")`,
  )
}
