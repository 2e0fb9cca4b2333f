import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, versionOf } from './folder.ts'
import { findFreePort, type OwnServer, startServer } from './server.ts'

const INSTALLATIONS = '/usr/lib/postgresql'

/**
 * PostgreSQL as it is after `initdb`: fsync, full_page_writes and synchronous_commit on. Rejects
 * when it is not installed or does not start.
 */
export async function startPostgres(): Promise<OwnServer> {
  const binaries = findBinaries()
  const folder = makeFolder('postgres', 'postgres')
  const data = join(folder.path, 'data')
  try {
    const initdb = ['-D', data, '-U', 'setpoint', '--auth=trust', '--encoding=UTF8', '--locale=C']
    execFileSync(join(binaries, 'initdb'), initdb, { ...folder.user, cwd: '/', stdio: 'pipe' })
  } catch (error) {
    folder.remove()
    throw error
  }
  const port = await findFreePort()
  const version = versionOf(join(binaries, 'postgres'))
  return startServer({
    url: `postgres://setpoint@127.0.0.1:${port}/postgres`,
    description: `${version}; as initdb leaves it: fsync, full_page_writes and synchronous_commit on`,
    port,
    command: join(binaries, 'postgres'),
    args: ['-D', data, '-p', `${port}`, '-k', folder.path, '-c', 'listen_addresses=127.0.0.1'],
    user: folder.user,
    ready: 'database system is ready to accept connections',
    endSignal: 'SIGINT',
    remove: folder.remove,
  })
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
