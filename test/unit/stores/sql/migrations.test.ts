import { expect, test } from 'vitest'
import { Facts } from '../../../../src/stores/sql/facts.ts'
import { migrate, schemaVersion } from '../../../../src/stores/sql/migrations.ts'
import { SCHEMA_VERSION } from '../../../../src/stores/sql/schema.ts'
import type { SqlConnections, SqlSession } from '../../../../src/stores/sql/session.ts'
import { describeSqlEngines, type Open } from '../../../support/sql-connections.ts'

describeSqlEngines((newPlace) => {
  test('a place that nobody has written has no schema, and asking makes none', async () => {
    const connections = await (await newPlace())()
    expect(await schemaVersion(connections)).toBe(0)
    expect(await tablesOf(connections)).toEqual([])
  })

  test('of several that open a new place at once each finds the newest schema', async () => {
    const open = await newPlace()
    const all = await Promise.all([open(), open(), open()])
    await Promise.all(all.map((one) => migrate(one)))
    expect(await Promise.all(all.map(schemaVersion))).toEqual(all.map(() => SCHEMA_VERSION))
    for (const one of all) await expect(writeOnce(one)).resolves.toBeDefined()
  })

  test('what a newer Setpoint has written is refused and left as it is', async () => {
    const connections = await openMigrated(await newPlace())
    await connections.write((session) =>
      session.run("UPDATE meta SET value = '99' WHERE name = 'schema'"),
    )
    const refusal = { code: 'store_open', message: expect.stringContaining('upgrade Setpoint') }
    await expect(migrate(connections)).rejects.toMatchObject(refusal)
    await expect(schemaVersion(connections)).rejects.toMatchObject(refusal)
    const [row] = await connections.read((session) => session.all('SELECT value FROM meta'))
    expect(row).toEqual({ value: '99' })
  })

  test('a migration that is broken off goes on with the next opening', async () => {
    const open = await newPlace()
    for (const count of [1, 4, 9]) {
      const broken = brokenOffAfter(await open(), count)
      await expect(migrate(broken)).rejects.toThrow('broken off')
      expect(await schemaVersion(await open())).toBe(0)
    }
    const connections = await openMigrated(open)
    expect(await schemaVersion(connections)).toBe(SCHEMA_VERSION)
    await expect(writeOnce(connections)).resolves.toMatchObject({ written: true })
  })
})

async function openMigrated(open: Open): Promise<SqlConnections> {
  const connections = await open()
  await migrate(connections)
  return connections
}

function writeOnce(connections: SqlConnections) {
  const next = { kind: 'kind', key: 'key', value: 'value', version: 1 }
  const facts = new Facts(connections.dialect)
  return connections.write((session) => facts.write(session, { read: 0, next }))
}

async function tablesOf(connections: SqlConnections) {
  return connections.read((session) =>
    session.all(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = ${
        connections.dialect.name === 'mysql' ? 'database()' : 'current_schema()'
      }`,
    ),
  )
}

/** The process ends just after it has made so many tables and indexes, before it notes the last. */
function brokenOffAfter(connections: SqlConnections, count: number): SqlConnections {
  let made = 0
  const breaking = (session: SqlSession): SqlSession => ({
    all: (sql, values) => session.all(sql, values),
    async run(sql, values) {
      const found = await session.run(sql, values)
      if (/^CREATE (?!TABLE IF NOT EXISTS meta)/.test(sql)) made += 1
      if (made === count) throw new Error('broken off')
      return found
    },
    later: (sql, values) => session.later(sql, values),
  })
  const { dialect } = connections
  const write: SqlConnections['write'] = (work) =>
    connections.write((session) => work(breaking(session)))
  return Object.assign(Object.create(connections), {
    dialect,
    write,
    read: connections.read.bind(connections),
  })
}
