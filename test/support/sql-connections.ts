import { randomUUID } from 'node:crypto'
import { createConnection } from 'mysql2/promise'
import { describe, inject, onTestFinished } from 'vitest'
import { openConnections as openMysql } from '../../src/stores/mysql/connections.ts'
import { openConnections as openPostgres } from '../../src/stores/postgres/connections.ts'
import type { SqlConnections } from '../../src/stores/sql/session.ts'
import { toPrefix } from './databases-of-runs.ts'
import { describeService, urlOf } from './services.ts'

/** Opens one more set of connections to the same place. */
export type Open = () => Promise<SqlConnections>

/** Registers what holds for both engines; `newPlace` gives a place that nobody has written yet. */
export function describeSqlEngines(suite: (newPlace: () => Promise<Open>) => void): void {
  describeService('postgres', () => describe('on PostgreSQL', () => suite(newSchema)))
  describeService('mysql', () => describe('on MySQL', () => suite(newDatabase)))
}

async function newSchema(): Promise<Open> {
  const schema = newName()
  return () => closedAfterwards(openPostgres(urlOf('postgres'), { schema }))
}

async function newDatabase(): Promise<Open> {
  const name = newName()
  const connection = await createConnection(urlOf('mysql'))
  await connection.query(`CREATE DATABASE ${name}`)
  await connection.end()
  const url = new URL(urlOf('mysql'))
  url.pathname = `/${name}`
  return () => closedAfterwards(openMysql(url.href, {}))
}

/** It is dropped at the end of the run. */
function newName(): string {
  return `${toPrefix(inject('run'))}${randomUUID().slice(0, 8)}`
}

async function closedAfterwards(opening: Promise<SqlConnections>): Promise<SqlConnections> {
  const connections = await opening
  onTestFinished(() => connections.close())
  return connections
}
