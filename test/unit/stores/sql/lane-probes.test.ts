import { expect, test } from 'vitest'
import type { ClaimRequest } from '../../../../src/ports/store-messages.ts'
import { LaneProbes } from '../../../../src/stores/sql/lane-probes.ts'
import type { SqlParameter, SqlRow, SqlSession } from '../../../../src/stores/sql/session.ts'

const REQUEST = { queue: 'main', now: 1000 } as ClaimRequest

/** A database in which each of the lanes has one place. */
function withLanes(...pending: string[]) {
  const lanes = new Set(pending)
  let statements = 0
  async function all(sql: string, values: readonly SqlParameter[] = []): Promise<SqlRow[]> {
    statements += 1
    const rest = [...values]
    return sql.split(' UNION ALL ').flatMap((part) => {
      const given = rest.splice(0, part.split('?').length - 1).map(String)
      const lane = part.includes('turns') ? given[1] : firstBetween(lanes, part, given.slice(1))
      return lane !== undefined && lanes.has(lane) ? [{ lane }] : []
    })
  }
  const nothing = () => {
    throw new Error('probing only reads')
  }
  const session: SqlSession = { all, run: nothing, later: nothing }
  return { lanes, session, statements: () => statements }
}

function firstBetween(lanes: ReadonlySet<string>, part: string, bounds: string[]) {
  const after = part.includes('lane > ?') ? bounds.shift() : undefined
  const before = part.includes('lane < ?') ? bounds.shift() : undefined
  const between = [...lanes].filter((lane) => lane > (after ?? '') && lane < (before ?? '~'))
  return between.sort()[0]
}

async function read(probes: LaneProbes, session: SqlSession) {
  const rows = await probes.read(session, REQUEST, 10)
  return rows?.map(({ lane }) => lane).sort()
}

test('lanes that were there the last time take one statement', async () => {
  const { session, statements } = withLanes('b', 'd')
  const probes = new LaneProbes()
  expect(await read(probes, session)).toEqual(['b', 'd'])
  const first = statements()
  expect(await read(probes, session)).toEqual(['b', 'd'])
  expect(statements() - first).toBe(1)
})

test.each(['a', 'c', 'e'])('a new lane is found wherever it stands: %s', async (lane) => {
  const { session, lanes } = withLanes('b', 'd')
  const probes = new LaneProbes()
  await read(probes, session)
  lanes.add(lane)
  expect(await read(probes, session)).toEqual(['b', 'd', lane].sort())
})

test('several new lanes in one gap are found, and one that is empty is forgotten', async () => {
  const { session, lanes } = withLanes('b', 'f')
  const probes = new LaneProbes()
  await read(probes, session)
  lanes.delete('b')
  lanes.add('c').add('d').add('g')
  expect(await read(probes, session)).toEqual(['c', 'd', 'f', 'g'])
  expect(await read(probes, session)).toEqual(['c', 'd', 'f', 'g'])
})

test('it gives up with too many lanes at once, and goes on from what was found without it', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `lane${String(index).padStart(2, '0')}`)
  const { session } = withLanes(...names)
  const probes = new LaneProbes()
  expect(await read(probes, session)).toBeUndefined()
  probes.learn(
    'main',
    names.map((lane) => ({ lane })),
  )
  expect(await read(probes, session)).toEqual(names)
})
