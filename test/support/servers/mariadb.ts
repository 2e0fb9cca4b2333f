import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, versionOf } from './folder.ts'
import { findFreePort, type OwnServer, startServer } from './server.ts'

/**
 * MariaDB with its own defaults: every commit is synced (`innodb_flush_log_at_trx_commit = 1`).
 * Rejects when it is not installed or does not start.
 */
export async function startMariadb(): Promise<OwnServer> {
  const version = versionOf('mariadbd')
  const folder = makeFolder('mariadb', 'mysql')
  const data = join(folder.path, 'data')
  try {
    const install = [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${folder.path}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]
    execFileSync('mariadb-install-db', install, { ...folder.user, cwd: '/', stdio: 'pipe' })
  } catch (error) {
    folder.remove()
    throw error
  }
  const port = await findFreePort()
  const first = join(folder.path, 'first.sql')
  writeFileSync(first, 'CREATE DATABASE IF NOT EXISTS setpoint CHARACTER SET utf8mb4;\n')
  return startServer({
    url: `mysql://root@127.0.0.1:${port}/setpoint`,
    description: `${version}; defaults: innodb_flush_log_at_trx_commit 1, no binary log`,
    port,
    command: 'mariadbd',
    args: [
      '--no-defaults',
      `--datadir=${data}`,
      // A server that starts removes the temporary tables of all others in its folder.
      `--tmpdir=${folder.path}`,
      `--socket=${join(folder.path, 'socket')}`,
      `--pid-file=${join(folder.path, 'pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--init-file=${first}`,
    ],
    user: folder.user,
    ready: 'ready for connections',
    endSignal: 'SIGTERM',
    remove: folder.remove,
  })
}
