import { DispatchError } from '../../core/errors.ts'

const OLDEST = [6, 2] as const

/**
 * What makes this Redis forget messages, from its answer to INFO. Nothing of it costs work, because
 * the store knows what is due; it costs the time until that is found out.
 * @throws {DispatchError} `dispatch_open` when it cannot be used at all.
 */
export function findFaults(info: string): string[] {
  const values = new Map(
    info.split(/\r?\n/).map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    }),
  )
  if (values.get('cluster_enabled') === '1') {
    const message = 'Redis Cluster cannot be used for delivery: give a single Redis, or Sentinel'
    throw new DispatchError('open', message)
  }
  const faults: string[] = []
  const version = values.get('redis_version')
  if (version !== undefined && isOlder(version)) {
    faults.push(
      `Redis ${version} is older than BullMQ wants it: install ${OLDEST.join('.')} or newer`,
    )
  }
  const policy = values.get('maxmemory_policy')
  if (policy !== undefined && policy !== 'noeviction') {
    faults.push(
      `Redis evicts keys when memory is short (maxmemory-policy is ${policy}), messages among them: set it to noeviction`,
    )
  }
  if (values.get('aof_enabled') === '0') {
    faults.push(
      'Redis writes no append-only file, so a restart may lose messages until they are found missing: set appendonly yes',
    )
  }
  return faults
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}
