import type { Connection } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { describeServer } from '../../../../src/stores/mysql/server.ts'

/** A server that says this of itself. */
function serverOf(version: string, flush = 1): Connection {
  return { query: async () => [[{ version, step: 1, flush }]] } as unknown as Connection
}

describe('the server behind the MySQL store', () => {
  test.each([
    ['8.4.3', 'utf8mb4_0900_bin'],
    ['8.0.39-0ubuntu0.22.04.1', 'utf8mb4_0900_bin'],
    ['10.11.19-MariaDB-0+deb12u1', 'utf8mb4_nopad_bin'],
    ['5.5.5-10.6.18-MariaDB', 'utf8mb4_nopad_bin'],
  ])('%s compares by %s', async (version, collation) => {
    expect(await describeServer(serverOf(version))).toMatchObject({ collation, isDurable: true })
  })

  test.each(['5.7.44', '8.0.4', '10.5.23-MariaDB'])('%s is refused as too old', async (version) => {
    await expect(describeServer(serverOf(version))).rejects.toMatchObject({
      code: 'store_open',
      message: expect.stringContaining('too old'),
    })
  })

  test('one that does not wait for its disk is known as such', async () => {
    expect(await describeServer(serverOf('8.4.3', 2))).toMatchObject({ isDurable: false })
  })
})
