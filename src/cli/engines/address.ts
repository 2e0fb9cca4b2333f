import { InputError } from '../../core/errors.ts'

/** The scheme of an address such as `mysql://host/name`; undefined for a file. */
export function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z\d+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase()
}

/** Whether it is the address of a server, and no file of this machine. */
export function isServer(address: string): boolean {
  return schemeOf(address) !== undefined
}

/**
 * As drivers may be given it: they read URLs each in its own way, and some show what they cannot
 * read, its password too.
 * @throws {InputError} for what is no URL.
 */
export function requireUrl(address: string): string {
  const url = toUrl(address)
  if (url !== undefined) return url.href
  throw new InputError(
    `${withoutPassword(address)} is no URL: write %40 for an "@" in a name or a password, %2F for "/", %3A for ":", and so on`,
  )
}

/** As it may be shown and logged. */
export function withoutPassword(address: string): string {
  if (!isServer(address)) return address
  const url = toUrl(address)
  // What is no URL is refused elsewhere; here it could still hold a password.
  if (url === undefined) return `${schemeOf(address)}://…`
  if (url.password !== '') url.password = '***'
  for (const name of url.searchParams.keys()) {
    if (/pass|token|secret/i.test(name)) url.searchParams.set(name, '***')
  }
  return url.href
}

/** Behind a "/" in a password a URL has its path, in which the rest of the password would stand. */
function toUrl(address: string): URL | undefined {
  const url = URL.parse(address)
  return url === null || url.pathname.includes('@') ? undefined : url
}
