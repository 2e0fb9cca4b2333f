import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ServerFolder {
  readonly path: string
  /** Who the server runs as; undefined: as this process. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
  remove(): void
}

/** A new folder for a server's data. Servers refuse to run as root: then it belongs to `user`. */
export function makeFolder(server: string, user?: string): ServerFolder {
  const path = mkdtempSync(join(tmpdir(), `setpoint-${server}-`))
  const owner = user !== undefined && process.getuid?.() === 0 ? idsOf(user) : undefined
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
  return { path, user: owner, remove: () => rmSync(path, { recursive: true, force: true }) }
}

function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** The version that a program tells. @throws {Error} where there is no such program. */
export function versionOf(program: string, flag = '--version'): string {
  const text = execFileSync(program, [flag], { encoding: 'utf8' })
  return text.match(/\d+\.\d+(\.\d+)*/)?.[0] ?? text.trim()
}
