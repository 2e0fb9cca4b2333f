import { readFileSync } from 'node:fs'

/** The part that is read here of a package-lock.json, version 3. */
export interface Lockfile {
  packages: Record<string, { version?: string; license?: string; dev?: boolean }>
}

const allowed = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'])

/** An SPDX expression is fine when one of its alternatives asks for nothing but allowed licences. */
function permits(expression: string): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => allowed.has(licence.trim())))
}

/** The packages that a user of Setpoint installs under a licence that is not allowed, or under none. */
export function refusedLicences({ packages }: Lockfile): string[] {
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .filter(([, { license }]) => license === undefined || !permits(license))
    .map(([path, { version, license }]) => `${path} ${version}: ${license ?? 'no licence'}`)
}

if (import.meta.main) {
  const lockfile: Lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const refused = refusedLicences(lockfile)
  for (const line of refused) console.error(line)
  const count = Object.entries(lockfile.packages).filter(([path, { dev }]) => path && !dev).length
  console.log(`licences: ${count} production packages, ${refused.length} refused`)
  process.exitCode = refused.length > 0 || count === 0 ? 1 : 0
}
