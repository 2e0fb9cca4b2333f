import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort, startServer } from './server.ts'
import type { Service } from './service.ts'

const INSTALLATIONS = '/usr/lib/postgresql'

/**
 * PostgreSQL as it is after `initdb`: fsync, full_page_writes and synchronous_commit on. Rejects
 * when it is not installed or does not start.
 */
export async function startPostgres(): Promise<Service> {
  const binaries = findBinaries()
  const user = process.getuid?.() === 0 ? toUser('postgres') : undefined
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-bench-postgres-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    if (user !== undefined) chownSync(folder, user.uid, user.gid)
    const data = join(folder, 'data')
    const initdb = ['-D', data, '-U', 'bench', '--auth=trust', '--encoding=UTF8', '--locale=C']
    execFileSync(join(binaries, 'initdb'), initdb, { ...user, cwd: '/', stdio: 'pipe' })
    const port = await findFreePort()
    const stop = await startServer({
      command: join(binaries, 'postgres'),
      args: ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'],
      user,
      ready: 'database system is ready to accept connections',
      endSignal: 'SIGINT',
    })
    return {
      url: `postgres://bench@127.0.0.1:${port}/postgres`,
      description: `${versionOf(binaries)}; as initdb leaves it: fsync, full_page_writes and synchronous_commit on`,
      stop: () => stop().finally(remove),
    }
  } catch (error) {
    remove()
    throw error
  }
}

function findBinaries(): string {
  const folders = existsSync(INSTALLATIONS) ? readdirSync(INSTALLATIONS) : []
  const versions = folders.sort((a, b) => Number(b) - Number(a))
  const found = versions
    .map((version) => join(INSTALLATIONS, version, 'bin'))
    .find((binaries) => existsSync(join(binaries, 'postgres')))
  if (found === undefined) throw new Error(`no PostgreSQL server in ${INSTALLATIONS}`)
  return found
}

/** PostgreSQL refuses to run as root. */
function toUser(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function versionOf(binaries: string): string {
  const text = execFileSync(join(binaries, 'postgres'), ['--version'], { encoding: 'utf8' })
  return text.match(/\d+(\.\d+)*/)?.[0] ?? text.trim()
}
