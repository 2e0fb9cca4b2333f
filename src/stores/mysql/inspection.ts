import {
  inspectServer,
  type ServerFault,
  type ServerInspection,
  type ServerQuestions,
} from '../sql/inspection.ts'
import type { SqlRow } from '../sql/session.ts'
import { connect, toPlace } from './connections.ts'
import { toOpenError } from './failures.ts'
import type { MysqlOptions } from './options.ts'

const QUESTIONS: ServerQuestions = {
  sql: `SELECT version() AS version, @@innodb_flush_log_at_trx_commit AS flush,
    @@innodb_doublewrite AS doublewrite, @@log_bin AS log_bin, @@sync_binlog AS sync_binlog,
    @@read_only AS is_read_only, unix_timestamp(now(3)) * 1000 AS now`,
  toAnswers: (row) => ({
    server: toServer(String(row['version'])),
    now: Number(row['now']),
    isReadOnly: Number(row['is_read_only']) === 1,
    faults: [...flushFaults(row), ...doublewriteFaults(row), ...logFaults(row)],
  }),
}

function toServer(version: string): string {
  const number = /\d+\.\d+\.\d+/.exec(version.replace(/^5\.5\.5-/, ''))?.[0] ?? version
  return `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${number}`
}

function flushFaults({ flush }: SqlRow): readonly ServerFault[] {
  if (Number(flush) === 1) return []
  return [
    {
      setting: `innodb_flush_log_at_trx_commit = ${flush}`,
      danger: 'when its machine stops, it may lose what it has acknowledged',
      remedy: 'set innodb_flush_log_at_trx_commit = 1',
    },
  ]
}

function doublewriteFaults({ doublewrite }: SqlRow): readonly ServerFault[] {
  if (!/^(0|off)$/i.test(String(doublewrite))) return []
  return [
    {
      setting: 'innodb_doublewrite = OFF',
      danger: 'a power loss may damage the whole database',
      remedy: 'set innodb_doublewrite = ON, unless the disk writes whole pages',
    },
  ]
}

function logFaults({ log_bin: isOn, sync_binlog: sync }: SqlRow): readonly ServerFault[] {
  if (Number(isOn) !== 1 || Number(sync) === 1) return []
  return [
    {
      setting: `sync_binlog = ${sync}`,
      danger: 'when its machine stops, its replicas may lack what it has acknowledged',
      remedy: 'set sync_binlog = 1, or never make a replica the primary',
    },
  ]
}

/**
 * Looks at a server, and changes nothing there.
 * @throws {StoreError} `store_open` that says what to do.
 */
export async function inspectMysql(
  url: string,
  options: MysqlOptions = {},
): Promise<ServerInspection> {
  const place = toPlace(url)
  try {
    const { connections } = await connect(url, options)
    return await inspectServer(connections, place, QUESTIONS)
  } catch (error) {
    throw toOpenError(error, place)
  }
}
