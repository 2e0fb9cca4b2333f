import type { Store } from '../../ports/store.ts'
import { SqlStore } from '../sql/store.ts'
import { openConnections } from './connections.ts'
import type { MysqlOptions } from './options.ts'

/**
 * Keeps everything in the database that the URL names, of MySQL 8 or MariaDB 10.6 and newer, which
 * any number of machines may share.
 */
export function mysqlStore(url: string, options: MysqlOptions = {}): Store {
  return new SqlStore('mysql', () => openConnections(url, options))
}
