import { createConnection } from 'mysql2/promise'
import { urlOf } from '../services/service.ts'
import type { Database } from './database.ts'

/** An empty database of its own, so that no session meets the tables of another. */
export async function createMariadbDatabase(name: string): Promise<Database> {
  const server = urlOf('mariadb')
  const administer = async (...statements: string[]) => {
    const connection = await createConnection(server)
    try {
      for (const statement of statements) await connection.query(statement)
    } finally {
      await connection.end()
    }
  }
  const drop = `DROP DATABASE IF EXISTS ${name}`
  await administer(drop, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    drop: () => administer(drop),
  }
}
