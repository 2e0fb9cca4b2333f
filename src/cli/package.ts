import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname } from 'node:path'

/** The folder of the package that this command line is a part of. */
export function packageFolder(): string {
  return dirname(packageFile())
}

export function packageVersion(): string {
  return String(JSON.parse(readFileSync(packageFile(), 'utf8')).version)
}

function packageFile(): string {
  const file = findPackageJSON('..', import.meta.url)
  if (file === undefined) throw new Error('the package.json of setpoint is missing')
  return file
}
