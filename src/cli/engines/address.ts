/** The scheme of an address such as `mysql://host/name`; undefined for a file. */
export function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z\d+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase()
}

/** Whether it is the address of a server, and no file of this machine. */
export function isServer(address: string): boolean {
  return schemeOf(address) !== undefined
}

/** As it may be shown and logged. */
export function withoutPassword(address: string): string {
  if (!isServer(address)) return address
  const url = URL.parse(address)
  // What is no URL is refused elsewhere; here it could still hold a password.
  if (url === null) return `${schemeOf(address)}://…`
  if (url.password !== '') url.password = '***'
  for (const name of url.searchParams.keys()) {
    if (/pass|token|secret/i.test(name)) url.searchParams.set(name, '***')
  }
  return url.href
}
