import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { urlOf } from '../services/service.ts'
import type { Database } from './database.ts'

/** Milliseconds between two looks at whether all is settled. */
const INTERVAL = 2

export interface PostgresDatabase extends Database {
  /** Resolves when the query gives one row whose `done` is true. */
  until(query: string): Promise<void>
}

/** An empty database of its own, so that no session meets the tables of another. */
export async function createPostgresDatabase(name: string): Promise<PostgresDatabase> {
  const server = urlOf('postgres')
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href
  const administer = async (...statements: string[]) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }
  // Not by force: it waits for connections that are about to close instead of breaking them.
  const drop = `DROP DATABASE IF EXISTS ${name}`
  await administer(drop, `CREATE DATABASE ${name}`)
  return {
    url,
    until: (query) => poll(url, query),
    drop: () => administer(drop),
  }
}

async function poll(url: string, query: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (;;) {
      const { rows } = await client.query<{ done: boolean }>(query)
      if (rows[0]?.done === true) return
      await setTimeout(INTERVAL)
    }
  } finally {
    await client.end()
  }
}
