import { makeFolder, versionOf } from './folder.ts'
import { findFreePort, type OwnServer, startServer } from './server.ts'

export interface RedisSettings {
  /** How often the append-only file is synced; `no` keeps nothing at all. Default: every second. */
  readonly appendOnly?: 'everysec' | 'always' | 'no'
}

/** Rejects when Redis is not installed or does not start. */
export async function startRedis({
  appendOnly = 'everysec',
}: RedisSettings = {}): Promise<OwnServer> {
  const version = versionOf('redis-server')
  const folder = makeFolder('redis')
  const port = await findFreePort()
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder.path,
    save: '',
    appendonly: appendOnly === 'no' ? 'no' : 'yes',
    appendfsync: appendOnly,
    'maxmemory-policy': 'noeviction',
  }
  const kept =
    appendOnly === 'no' ? 'nothing on disk' : `append-only file, synced ${appendOnly}; no snapshots`
  return startServer({
    url: `redis://127.0.0.1:${port}`,
    description: `${version}; ${kept}`,
    port,
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ready: 'Ready to accept connections',
    endSignal: 'SIGTERM',
    remove: folder.remove,
  })
}
