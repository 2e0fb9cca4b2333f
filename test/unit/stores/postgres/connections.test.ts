import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Client } from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openConnections } from '../../../../src/stores/postgres/connections.ts'
import { toChannel } from '../../../../src/stores/postgres/foreign.ts'
import { migrate } from '../../../../src/stores/sql/migrations.ts'
import type { SqlConnections } from '../../../../src/stores/sql/session.ts'
import { newPostgresSchema } from '../../../support/databases.ts'
import { describeService, urlOf } from '../../../support/services.ts'

async function open(schema: string, url = urlOf('postgres')): Promise<SqlConnections> {
  const connections = await openConnections(url, { schema })
  onTestFinished(() => connections.close())
  await migrate(connections)
  return connections
}

function lock(connections: SqlConnections, name: string): Promise<number> {
  return connections.write((session) => session.run('INSERT INTO locks VALUES (?)', [name]))
}

function locks(connections: SqlConnections) {
  return connections.read((session) => session.all('SELECT name FROM locks ORDER BY name'))
}

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: urlOf('postgres') })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** Lets everybody in, and says with the same breath that it is going down. */
async function goingDown(): Promise<string> {
  const message = (type: string, body: string) => {
    const head = Buffer.alloc(5, type)
    head.writeInt32BE(4 + Buffer.byteLength(body), 1)
    return Buffer.concat([head, Buffer.from(body)])
  }
  const [letIn, ready] = [message('R', '\0\0\0\0'), message('Z', 'I')]
  const farewell = message('E', 'SFATAL\0C57P01\0Mterminating connection\0\0')
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.concat([letIn, ready, farewell])))
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `postgres://somebody@127.0.0.1:${(server.address() as AddressInfo).port}/test`
}

test('a connection that ends as soon as it is made is an error of the call that needed it', async () => {
  const url = await goingDown()
  const opening = openConnections(url, { schema: 'setpoint' })
  await expect(opening).rejects.toMatchObject({ code: 'store_open' })
})

describeService('postgres', () => {
  test('a transaction that throws leaves nothing', async () => {
    const connections = await open(await newPostgresSchema())
    const failed = connections.write(async (session) => {
      await session.run('INSERT INTO locks VALUES (?)', ['one'])
      session.later('INSERT INTO locks VALUES (?)', ['two'])
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await locks(connections)).toEqual([])
  })

  test('a statement that nobody waits for fails the transaction by its own error', async () => {
    const connections = await open(await newPostgresSchema())
    await lock(connections, 'one')
    const failed = connections.write(async (session) => {
      session.later('INSERT INTO locks VALUES (?)', ['two'])
      session.later('INSERT INTO locks VALUES (?)', ['one'])
      await session.run('INSERT INTO locks VALUES (?)', ['three'])
    })
    await expect(failed).rejects.toSatisfy(connections.isDuplicate)
    expect(await locks(connections)).toEqual([{ name: 'one' }])
  })

  test('a transaction that a deadlock has ended runs again', async () => {
    const connections = await open(await newPostgresSchema())
    for (const name of ['one', 'two']) await lock(connections, name)
    const both = Promise.withResolvers<void>()
    let [runs, locked] = [0, 0]
    const sql = 'SELECT * FROM locks WHERE name = ? FOR UPDATE'
    const take = (first: string, second: string) =>
      connections.write(async (session) => {
        runs += 1
        await session.all(sql, [first])
        locked += 1
        if (locked === 2) both.resolve()
        await both.promise
        await session.all(sql, [second])
      })
    await Promise.all([take('one', 'two'), take('two', 'one')])
    // Each run but the last two was ended by a deadlock.
    expect(runs).toBeGreaterThan(2)
  })

  test('a lost connection is told as such, and the next call has another', async () => {
    const connections = await open(await newPostgresSchema())
    const killer = await connect()
    const lost = connections.write(async (session) => {
      const [row] = await session.all('SELECT pg_backend_pid() AS pid')
      await killer.query('SELECT pg_terminate_backend($1)', [row?.['pid']])
      await session.all('SELECT 1')
    })
    await expect(lost).rejects.toMatchObject({ code: 'store_unavailable' })
    const rows = await connections.read((session) => session.all('SELECT 1 AS one'))
    expect(rows).toEqual([{ one: 1 }])
  })

  test('numbers grow, and nobody is given one twice', async () => {
    const schema = await newPostgresSchema()
    const both = [await open(schema), await open(schema)]
    const given = await Promise.all(both.flatMap((one) => [one.numbers(20), one.numbers(3)]))
    const all = given.flat()
    expect(new Set(all).size).toBe(46)
    for (const numbers of given) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(Math.min(...((await both[0]?.numbers(2)) ?? []))).toBeGreaterThan(Math.max(...all))
  })

  test('numbers of every kind come as numbers', async () => {
    const connections = await open(await newPostgresSchema())
    const sql = `SELECT 9007199254740991::bigint AS big, 1.5::double precision AS broken,
      7::smallint AS small, sum(one) AS sum FROM (VALUES (2::bigint), (3)) AS list (one)`
    const rows = await connections.read((session) => session.all(sql))
    expect(rows).toEqual([{ big: Number.MAX_SAFE_INTEGER, broken: 1.5, small: 7, sum: 5 }])
  })

  test('two that open a new schema at once both find it', async () => {
    const schema = `"${await newPostgresSchema()} new"`
    const client = await connect()
    onTestFinished(async () => {
      await client.query(`DROP SCHEMA IF EXISTS "${schema.replaceAll('"', '""')}" CASCADE`)
    })
    const opened = await Promise.all([open(schema), open(schema), open(schema)])
    for (const [index, one] of opened.entries()) await lock(one, `lock ${index}`)
    expect(opened[0] && (await locks(opened[0]))).toHaveLength(3)
  })

  test('a URL whose options take the place of ours is refused, and nothing is created elsewhere', async () => {
    const url = new URL(urlOf('postgres'))
    url.searchParams.set('options', '-c statement_timeout=60000')
    await expect(
      openConnections(url.href, { schema: await newPostgresSchema() }),
    ).rejects.toMatchObject({
      code: 'store_open',
      message: expect.stringContaining('search_path'),
    })
  })

  test('a schema whose name is longer than names are is found under what is left of it', async () => {
    const schema = `${await newPostgresSchema()}_${'x'.repeat(80)}`
    const client = await connect()
    onTestFinished(async () => {
      await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
    })
    const connections = await open(schema)
    await lock(connections, 'one')
    expect(await locks(connections)).toEqual([{ name: 'one' }])
  })

  test('what cannot be opened says why, and never a password', async () => {
    const url = new URL(urlOf('postgres'))
    url.password = 'secret-word'
    url.pathname = '/not-there'
    const missing = await openConnections(url.href, {}).catch((error: unknown) => error)
    expect(missing).toMatchObject({ code: 'store_open' })
    url.port = '1'
    const refused = await openConnections(url.href, {}).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'store_open' })
    expect(String(refused)).toContain('cannot be reached')
    for (const error of [missing, refused]) expect(String(error)).not.toContain('secret-word')
  })

  test('others hear of a change, who made it does not', async () => {
    const schema = await newPostgresSchema()
    const [one, two] = [await open(schema), await open(schema)]
    const elsewhere = await open(await newPostgresSchema())
    const heard = vi.fn()
    const [own, unconcerned] = [vi.fn(), vi.fn()]
    two.onForeignChange(heard)
    one.onForeignChange(own)
    elsewhere.onForeignChange(unconcerned)
    await vi.waitFor(() => {
      one.told()
      expect(heard).toHaveBeenCalled()
    })
    two.told()
    await vi.waitFor(() => expect(own).toHaveBeenCalled())
    expect(unconcerned).not.toHaveBeenCalled()
  })

  test('a listener whose connection was lost is told a change when it is back', async () => {
    const schema = await newPostgresSchema()
    const [one, two] = [await open(schema), await open(schema)]
    const heard = vi.fn()
    two.onForeignChange(heard)
    await vi.waitFor(() => {
      one.told()
      expect(heard).toHaveBeenCalled()
    })
    heard.mockClear()
    const killer = await connect()
    const { rowCount } = await killer.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE query LIKE '%LISTEN setpoint_%' AND query LIKE $1 AND pid <> pg_backend_pid()`,
      [`%${toChannel(schema)}%`],
    )
    expect(rowCount).toBeGreaterThan(0)
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 5000 })
    heard.mockClear()
    await vi.waitFor(() => {
      one.told()
      expect(heard).toHaveBeenCalled()
    })
  })
})
