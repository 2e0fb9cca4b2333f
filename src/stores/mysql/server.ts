import type { Connection, RowDataPacket } from 'mysql2/promise'
import { StoreError } from '../../core/errors.ts'

/** What matters of the server that answers. */
export interface Server {
  /** Compares code points, and trailing spaces count. */
  readonly collation: string
  /** By how much AUTO_INCREMENT grows: more than 1 where several servers write. */
  readonly step: number
  /** Whether what is committed is on its disk. */
  readonly isDurable: boolean
  /** The most bytes that it takes at once. */
  readonly maxPacket: number
  readonly isMariadb: boolean
}

/** The first versions with JSON_TABLE, SKIP LOCKED and a collation that does not pad with spaces. */
const KINDS = {
  mysql: { title: 'MySQL', least: '8.0.17', collation: 'utf8mb4_0900_bin' },
  mariadb: { title: 'MariaDB', least: '10.6.0', collation: 'utf8mb4_nopad_bin' },
}

/** @throws {StoreError} `store_open` when it is too old, or has no InnoDB. */
export async function describeServer(connection: Connection): Promise<Server> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `SELECT version() AS version, @@auto_increment_increment AS step,
      @@innodb_flush_log_at_trx_commit AS flush, @@max_allowed_packet AS max_packet`,
  )
  const version = String(row?.version)
  const kind = /mariadb/i.test(version) ? KINDS.mariadb : KINDS.mysql
  // MariaDB stands behind a version of MySQL's when it speaks to old replicas.
  const number = /\d+\.\d+\.\d+/.exec(version.replace(/^5\.5\.5-/, ''))?.[0] ?? version
  if (number.localeCompare(kind.least, 'en', { numeric: true }) < 0) {
    throw new StoreError('open', `${kind.title} ${number} is too old: use ${kind.least} or newer`)
  }
  return {
    collation: kind.collation,
    step: Number(row?.step),
    isDurable: Number(row?.flush) === 1,
    maxPacket: Number(row?.max_packet),
    isMariadb: kind === KINDS.mariadb,
  }
}

/** What every connection is told before its first use. */
export function sessionSettings({ collation, isMariadb }: Server): readonly string[] {
  return [
    // Who disappears in the middle of a transaction must not keep the others out of a queue for
    // hours, until the server notices. MySQL has nothing like it.
    ...(isMariadb ? ['SET SESSION idle_transaction_timeout = 10'] : []),
    `SET NAMES utf8mb4 COLLATE ${collation}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    'SET SESSION autocommit = 1',
    `SET SESSION sql_mode =
      'ANSI_QUOTES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
  ]
}
