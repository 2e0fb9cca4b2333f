import { expect, onTestFinished, test } from 'vitest'
import { openConnections } from '../../../../src/stores/mysql/connections.ts'
import type { MysqlOptions } from '../../../../src/stores/mysql/options.ts'
import { migrate } from '../../../../src/stores/sql/migrations.ts'
import type { SqlConnections } from '../../../../src/stores/sql/session.ts'
import { newMysqlDatabase } from '../../../support/databases.ts'
import { describeService, urlOf } from '../../../support/services.ts'

async function open(url: string, options: MysqlOptions = {}): Promise<SqlConnections> {
  const connections = await openConnections(url, options)
  onTestFinished(() => connections.close())
  await migrate(connections)
  return connections
}

function lock(connections: SqlConnections, name: string): Promise<number> {
  return connections.write((session) => session.run('INSERT INTO locks VALUES (?)', [name]))
}

describeService('mysql', () => {
  test('a transaction that throws leaves nothing', async () => {
    const connections = await open(await newMysqlDatabase())
    const failed = connections.write(async (session) => {
      await session.run('INSERT INTO locks VALUES (?)', ['one'])
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    const rows = await connections.read((session) => session.all('SELECT * FROM locks'))
    expect(rows).toEqual([])
  })

  test('a statement that nobody waits for fails the transaction, which then leaves nothing', async () => {
    const connections = await open(await newMysqlDatabase())
    await lock(connections, 'one')
    const failed = connections.write(async (session) => {
      await session.run('INSERT INTO locks VALUES (?)', ['two'])
      session.later('INSERT INTO locks VALUES (?)', ['one'])
      session.later('INSERT INTO locks VALUES (?)', ['three'])
    })
    await expect(failed).rejects.toSatisfy(connections.isDuplicate)
    const rows = await connections.read((session) => session.all('SELECT * FROM locks'))
    expect(rows).toEqual([{ name: 'one' }])
  })

  test('what is asked for beside a statement that meets a deadlock is not done on its own', async () => {
    const connections = await open(await newMysqlDatabase())
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
        const added = `added by ${first} in run ${runs}`
        await Promise.all([
          session.all(sql, [second]),
          session.run('INSERT INTO locks VALUES (?)', [added]),
        ])
      })
    await Promise.all([take('one', 'two'), take('two', 'one')])
    const rows = await connections.read((session) => session.all('SELECT * FROM locks'))
    expect([runs, rows.length]).toEqual([3, 4])
  })

  test('a transaction that a deadlock has ended runs again', async () => {
    const connections = await open(await newMysqlDatabase())
    for (const name of ['one', 'two']) await lock(connections, name)
    const both = Promise.withResolvers<void>()
    let [runs, locked] = [0, 0]
    const take = (first: string, second: string) =>
      connections.write(async (session) => {
        runs += 1
        const sql = 'SELECT * FROM locks WHERE name = ? FOR UPDATE'
        await session.all(sql, [first])
        locked += 1
        if (locked === 2) both.resolve()
        await both.promise
        await session.all(sql, [second])
      })
    await Promise.all([take('one', 'two'), take('two', 'one')])
    expect(runs).toBe(3)
  })

  test('a row whose key is taken is told as a duplicate', async () => {
    const connections = await open(await newMysqlDatabase())
    await lock(connections, 'one')
    const error = await lock(connections, 'one').catch((thrown: unknown) => thrown)
    expect(connections.isDuplicate(error)).toBe(true)
  })

  test('texts differ by case, accents and spaces at their end', async () => {
    const connections = await open(await newMysqlDatabase())
    for (const name of ['e', 'E', 'é', 'e ', '']) await lock(connections, name)
    const { given } = connections.dialect
    const rows = await connections.read((session) =>
      session.all(
        `SELECT locks.name FROM ${given({ name: 'name' })} JOIN locks ON locks.name = given.name
         ORDER BY locks.name`,
        [JSON.stringify([{ name: 'e ' }, { name: 'E' }, { name: '' }])],
      ),
    )
    expect(rows.map(({ name }) => name)).toEqual(['', 'E', 'e '])
  })

  test('a lost connection is told as such, and the next call has another', async () => {
    const url = await newMysqlDatabase()
    const [connections, other] = [await open(url), await open(url)]
    const lost = connections.write(async (session) => {
      const [row] = await session.all('SELECT connection_id() AS id')
      await other.read((killer) => killer.run(`KILL ${row?.id}`))
      await session.all('SELECT 1')
    })
    await expect(lost).rejects.toMatchObject({ code: 'store_unavailable' })
    const rows = await connections.read((session) => session.all('SELECT 1 AS one'))
    expect(rows).toEqual([{ one: 1 }])
  })

  test.each([
    ['a server that is not there', { port: '1' }, 'check that the server runs'],
    ['a wrong password', { username: 'setpoint_nobody', password: 'wrong' }, 'the password'],
    ['a database that is not there', { pathname: '/setpoint_nowhere' }, 'create it'],
  ])('%s is told at opening', async (_, parts, remedy) => {
    const url = Object.assign(new URL(urlOf('mysql')), parts).href
    await expect(openConnections(url, {})).rejects.toMatchObject({
      code: 'store_open',
      message: expect.stringMatching(new RegExp(`^cannot open mysql://[^@]*${remedy}`)),
    })
  })

  test('numbers grow, whoever takes them', async () => {
    const url = await newMysqlDatabase()
    const [one, two] = [await open(url), await open(url)]
    const taken: number[] = []
    for (const count of [1, 3, 300]) {
      taken.push(...(await one.numbers(count)), ...(await two.numbers(count)))
    }
    expect(new Set(taken).size).toBe(608)
    expect(taken).toEqual(taken.toSorted((first, second) => first - second))
  })

  test('numbers taken at once are never the same', async () => {
    const connections = await open(await newMysqlDatabase())
    const taken = await Promise.all(Array.from({ length: 20 }, () => connections.numbers(130)))
    expect(new Set(taken.flat()).size).toBe(2600)
  })

  test('numbers are above what is stored, also on a server that has not given them', async () => {
    const url = await newMysqlDatabase()
    const connections = await open(url)
    const sequence = 5_000_000_000
    await connections.write((session) =>
      session.run(
        `INSERT INTO tasklets (sequence, id, plan, task, queue, grp, lane, status, priority, place,
          attempts, max_attempts, deliveries, lost, created_at, updated_at, replayed, dependents,
          indexed, body) VALUES (?, 'a', '', '', '', '', '', 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, '')`,
        [sequence],
      ),
    )
    const later = await open(url)
    const [first = 0] = await later.numbers(1)
    expect(first).toBeGreaterThan(sequence)
    expect((await connections.numbers(1))[0]).toBeGreaterThan(first)
  })
})
