import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { checkBrokers } from '../../src/cli/doctor/brokers.ts'
import { checkDatabaseServer } from '../../src/cli/doctor/database-server.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { toPrefix } from '../support/databases-of-runs.ts'
import { describeService } from '../support/services.ts'
import { runCollected } from '../unit/cli/collected-io.ts'

const NAME = `${toPrefix(inject('run'))}doctor`

/** The database at the URL is made, brought to the newest schema, and looked at. */
async function migrateAndLook(db: string, server: RegExp): Promise<void> {
  const check = ['migrate', '--check', '--db', db]
  expect(await runCollected(check)).toMatchObject({ code: 1 })
  expect(await namesOf(db)).toEqual(['database ok', 'durability ok'])
  const made = { code: 0, stdout: expect.stringContaining('is made with schema') }
  expect(await runCollected(['migrate', '--db', db])).toMatchObject(made)
  const newest = { code: 0, stdout: expect.stringContaining('has the newest schema') }
  expect(await runCollected(check)).toMatchObject(newest)
  expect(await namesOf(db)).toEqual(['database ok', 'durability ok', 'work ok', 'queues ok'])
  const [database] = await checkDatabaseServer(db, systemClock)
  expect(database?.message).toMatch(server)
  expect((await runCollected(['tasks', 'ls', '--db', db])).code).toBe(0)
}

async function namesOf(db: string): Promise<readonly string[]> {
  const findings = await checkDatabaseServer(db, systemClock)
  return findings.map(({ name, status }) => `${name} ${status}`)
}

function renamed(url: string): string {
  const own = new URL(url)
  own.pathname = `/${NAME}`
  return own.href
}

describeService('postgres', (url) => {
  test('A database of PostgreSQL is made by migrate and found well by doctor.', async () => {
    const client = new Client({ connectionString: url })
    await client.connect()
    onTestFinished(async () => {
      await client.query(`DROP DATABASE ${NAME}`)
      await client.end()
    })
    await client.query(`CREATE DATABASE ${NAME}`)
    await migrateAndLook(renamed(url), /^PostgreSQL \d+\.\d+, postgres:/)
    await client.query(`ALTER DATABASE ${NAME} SET synchronous_commit = off`)
    expect(await namesOf(renamed(url))).toContain('durability warning')
  })
})

describeService('mysql', (url) => {
  test('A database of MySQL is made by migrate and found well by doctor.', async () => {
    const connection = await createConnection(url)
    onTestFinished(() => connection.end())
    await connection.query(`CREATE DATABASE ${NAME}`)
    await migrateAndLook(renamed(url), /^(MariaDB|MySQL) \d+\.\d+\.\d+, mysql:/)
  })
})

describeService('redis', (url) => {
  test('A Redis is asked whether it forgets, and the answer is no problem.', async () => {
    const findings = await checkBrokers({ dispatch: url })
    expect(findings.length).toBeGreaterThan(0)
    expect(findings.map(({ status }) => status)).not.toContain('problem')
  })
})

describeService('rabbitmq', (url) => {
  test('A RabbitMQ that lets us in is well, and what it does not tell is said.', async () => {
    const [finding] = await checkBrokers({ dispatch: url })
    expect(finding).toMatchObject({ name: 'dispatch', status: 'ok' })
    expect(finding?.message).toContain('only its own tools tell')
  })
})
