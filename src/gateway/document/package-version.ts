import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

export function packageVersion(): string {
  const file = findPackageJSON('..', import.meta.url)
  return file === undefined ? '0.0.0' : String(JSON.parse(readFileSync(file, 'utf8')).version)
}
