import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import type { ServiceName, ServiceState } from './services.ts'

/** Begins every name that a test gives to a schema of PostgreSQL or a database of MySQL. */
export function toPrefix(run: string): string {
  return `setpoint_test_${run}_`
}

/** Drops what the tests of a run have created. */
export async function dropDatabases(
  run: string,
  { postgres, mysql }: Readonly<Record<ServiceName, ServiceState>>,
): Promise<void> {
  const pattern = `${toPrefix(run).replaceAll('_', '\\_')}%`
  if (postgres.fault === undefined) await dropSchemas(postgres.url, pattern)
  if (mysql.fault === undefined) await dropMysql(mysql.url, pattern)
}

async function dropSchemas(url: string, pattern: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('SELECT nspname FROM pg_namespace WHERE nspname LIKE $1', [
    pattern,
  ])
  for (const { nspname } of rows) await client.query(`DROP SCHEMA ${nspname} CASCADE`)
  await client.end()
}

async function dropMysql(url: string, pattern: string): Promise<void> {
  const connection = await createConnection(url)
  const [rows] = await connection.query(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?',
    [pattern],
  )
  for (const { name } of rows as { name: string }[]) {
    await connection.query(`DROP DATABASE ${name}`)
  }
  await connection.end()
}
