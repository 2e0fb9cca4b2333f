import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort, startServer } from './server.ts'
import type { Service } from './service.ts'

/** Redis with an append-only file that is synced once a second. Rejects when it does not start. */
export async function startRedis(): Promise<Service> {
  const version = execFileSync('redis-server', ['--version'], { encoding: 'utf8' })
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-bench-redis-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const port = await findFreePort()
    const settings = {
      port: String(port),
      bind: '127.0.0.1',
      dir: folder,
      save: '',
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
    }
    const stop = await startServer({
      command: 'redis-server',
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      ready: 'Ready to accept connections',
      endSignal: 'SIGTERM',
    })
    return {
      url: `redis://127.0.0.1:${port}`,
      description: `${version.match(/v=(\S+)/)?.[1] ?? version.trim()}; append-only file, synced every second; no snapshots`,
      stop: () => stop().finally(remove),
    }
  } catch (error) {
    remove()
    throw error
  }
}
