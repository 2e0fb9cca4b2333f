import { expect, onTestFinished, test } from 'vitest'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { ListFilter } from '../../../../src/ports/store-messages.ts'
import { listRecords } from '../../../../src/stores/memory/list.ts'
import { QueueOrders } from '../../../../src/stores/sql/queue-orders.ts'
import { SearchIndex } from '../../../../src/stores/sql/search-index.ts'
import type { SqlConnections, SqlSession } from '../../../../src/stores/sql/session.ts'
import { SqlStore } from '../../../../src/stores/sql/store.ts'
import { claimOf, idsOf, NOW, newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { describeSqlEngines, type Open } from '../../../support/sql-connections.ts'

const LONG = 'x'.repeat(400)
const WORDS = ['alpha', 'Köln', 'conn', 'connection', LONG, 'a_b%', '"quoted"']
const COUNT = 210

const FILTERS: readonly Omit<ListFilter, 'limit'>[] = [
  { status: ['failed'] },
  { status: ['failed', 'pending'], queue: 'event' },
  { tag: 'red%' },
  { tag: 'b"x', status: ['pending'] },
  // Stands in inputs, and is no tag.
  { tag: 'alpha' },
  { group: 'ü'.repeat(80) },
  { group: '' },
  { since: NOW + 100, plan: 'other' },
  { text: 'koln' },
  { text: 'conn*' },
  { text: 'conn alpha' },
  { text: LONG },
  { text: LONG.slice(1) },
  { text: `${LONG.slice(100)}*` },
  { text: 'a_b' },
  { text: '%' },
  { text: 'unreadable 4' },
]

describeSqlEngines((newPlace) => {
  test('every filter finds what it finds in memory, page by page', async () => {
    const store = await openStore(await newPlace())
    const outcomes = await store.insert(
      Array.from({ length: COUNT }, (_, index) => toRecord(index)),
    )
    const records = outcomes.map(({ tasklet }) => tasklet)
    for (const filter of FILTERS) {
      expect(await pagesOf(store, filter), JSON.stringify(filter)).toEqual(
        inMemory(records, filter),
      )
    }
  })

  test.for<
    [string, string[], (connections: SqlConnections, session: SqlSession) => Promise<unknown>]
  >([
    [
      'indexed',
      ['one', 'other'],
      ({ dialect }, session) => new SearchIndex(dialect).catchUp(session, 9),
    ],
    [
      'moved',
      ['other', 'one'],
      ({ dialect }, session) => new QueueOrders(dialect).move(session, 'other', 0),
    ],
  ])('a claim misses nothing of what is %s just then', async ([, expected, work]) => {
    const open = await newPlace()
    const store = await openStore(open)
    const connections = await open()
    await store.insert([newTasklet({ id: 'one' }), newTasklet({ id: 'other' })])
    const claiming = await connections.write(async (session) => {
      await work(connections, session)
      // In a box, because a transaction that waited for the claim would wait for ever.
      const claim = store.claim(claimOf())
      for (let round = 0; round < 100; round += 1) await store.owners()
      return { claim }
    })
    expect(idsOf(await claiming.claim)).toEqual(expected)
  })

  test('what was searched for once is found by what it has become', async () => {
    const store = await openStore(await newPlace())
    const unique = { key: 'key', until: undefined, onDuplicate: 'replace' } as const
    const [first] = await store.insert([newTasklet({ unique, input: 'before' })])
    expect(await pagesOf(store, { text: 'before' })).toEqual([first?.tasklet.id])
    await store.insert([newTasklet({ unique, input: 'after' })])
    expect(await pagesOf(store, { text: 'before' })).toEqual([])
    expect(await pagesOf(store, { text: 'after' })).toEqual([first?.tasklet.id])
  })
})

async function openStore(open: Open): Promise<SqlStore> {
  const store = new SqlStore('store', open)
  await store.open()
  onTestFinished(() => store.close())
  return store
}

function toRecord(index: number): Tasklet {
  const isBad = index % 31 === 4
  const groups = ['ü'.repeat(80), '', undefined]
  return newTasklet({
    queue: index % 3 === 0 ? 'event' : 'main',
    plan: index % 10 === 0 ? 'other' : 'plan',
    tags: index % 9 === 0 ? ['red%', 'b"x'] : [],
    group: groups[index % groups.length],
    input: { word: WORDS[index % WORDS.length], index, list: [WORDS[(index * 3) % WORDS.length]] },
    createdAt: NOW + index,
    ...(isBad && {
      status: 'failed',
      error: { kind: 'malformed', message: `unreadable ${index}` },
    }),
  })
}

async function pagesOf(store: SqlStore, filter: Omit<ListFilter, 'limit'>): Promise<string[]> {
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await store.list({ ...filter, limit: 7, cursor })
    found.push(...idsOf(page.items))
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
}

function inMemory(records: readonly Tasklet[], filter: Omit<ListFilter, 'limit'>): string[] {
  const bySequence = new Map(records.map((record) => [record.sequence, record]))
  const last = Math.max(...bySequence.keys())
  return idsOf(listRecords({ ...filter, limit: COUNT }, last, (at) => bySequence.get(at)).items)
}
