import {
  inspectServer,
  type ServerFault,
  type ServerInspection,
  type ServerQuestions,
} from '../sql/inspection.ts'
import type { SqlRow } from '../sql/session.ts'
import { connect, toPlace } from './connections.ts'
import { toOpenError } from './failures.ts'
import type { PostgresOptions } from './options.ts'

const QUESTIONS: ServerQuestions = {
  sql: `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('full_page_writes') AS full_page_writes,
    pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS is_read_only,
    extract(epoch FROM clock_timestamp())::float8 * 1000 AS now`,
  toAnswers: (row) => ({
    server: `PostgreSQL ${String(row['version']).split(' ', 1).join()}`,
    now: Number(row['now']),
    isReadOnly: row['is_read_only'] === true,
    faults: FAULTS.filter(({ name }) => row[name] === 'off').map(toFault),
  }),
}

type Wanted = { readonly name: keyof SqlRow & string } & Pick<ServerFault, 'danger'>

/** What has to be on. */
const FAULTS: readonly Wanted[] = [
  { name: 'fsync', danger: 'a power loss may damage the whole database' },
  { name: 'synchronous_commit', danger: 'a crash of the server may lose what it has acknowledged' },
  { name: 'full_page_writes', danger: 'a power loss may damage the whole database' },
]

function toFault({ name, danger }: Wanted): ServerFault {
  return { setting: `${name} = off`, danger, remedy: `set ${name} = on` }
}

/**
 * Looks at a server, and changes nothing there.
 * @throws {StoreError} `store_open` that says what to do.
 */
export async function inspectPostgres(
  url: string,
  options: PostgresOptions = {},
): Promise<ServerInspection> {
  const place = toPlace(url)
  try {
    return await inspectServer(await connect(url, options), place, QUESTIONS)
  } catch (error) {
    throw toOpenError(error, place)
  }
}
