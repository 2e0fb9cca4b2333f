import { expect, test } from 'vitest'
import type { Fact } from '../../ports/store-messages.ts'
import { type MakeStore, openNew } from './open.ts'

export function factContract(makeStore: MakeStore): void {
  test('a fact that was never written is none', async () => {
    const store = await openNew(makeStore)
    expect(await store.fact('belief', 'kiln')).toBeUndefined()
    expect(await store.facts('belief')).toEqual([])
  })

  test('each write that has read the present version gives the next one', async () => {
    const store = await openNew(makeStore)
    for (const version of [0, 1, 2]) {
      const next = factOf({ value: { seen: version }, version: version + 1 })
      expect(await store.writeFact({ ...next, version })).toEqual({ written: true, fact: next })
      expect(await store.fact('belief', 'kiln')).toEqual(next)
    }
  })

  test('a write that has read another version changes nothing and is told what stands', async () => {
    const store = await openNew(makeStore)
    await store.writeFact(factOf({ value: 'first' }))
    const stands = factOf({ value: 'first', version: 1 })
    for (const version of [0, 2, -1, Number.NaN]) {
      const outcome = await store.writeFact(factOf({ value: 'late', version }))
      expect(outcome).toEqual({ written: false, fact: stands })
    }
    expect(await store.fact('belief', 'kiln')).toEqual(stands)
  })

  test('a write over a fact that is not there is told that there is none', async () => {
    const store = await openNew(makeStore)
    const outcome = await store.writeFact(factOf({ value: 'lost', version: 3 }))
    expect(outcome).toEqual({ written: false, fact: factOf({ value: undefined, version: 0 }) })
    expect(await store.fact('belief', 'kiln')).toBeUndefined()
  })

  test('of writes at once that have read the same version one is taken', async () => {
    const store = await openNew(makeStore)
    const values = [1, 2, 3, 4]
    const outcomes = await Promise.all(values.map((value) => store.writeFact(factOf({ value }))))
    expect(outcomes.filter(({ written }) => written)).toHaveLength(1)
    const stands = await store.fact('belief', 'kiln')
    for (const { fact } of outcomes) expect(fact).toEqual(stands)
  })

  test('facts of a kind come by key, without those of other kinds', async () => {
    const store = await openNew(makeStore)
    const keys = ['b', '\u{1F525}', 'a b', '\uFFFD', 'a', '']
    for (const key of keys) await store.writeFact(factOf({ key }))
    await store.writeFact(factOf({ kind: 'costs', key: 'c' }))
    const sorted = keys.toSorted().map((key) => factOf({ key, version: 1 }))
    expect(await store.facts('belief')).toEqual(sorted)
    expect(await store.facts('costs')).toHaveLength(1)
  })

  test('a fact whose value is taken away is as if it was never written', async () => {
    const store = await openNew(makeStore)
    const { fact: written } = await store.writeFact(factOf({}))
    const stale = await store.writeFact(factOf({ value: undefined, version: 7 }))
    expect(stale).toEqual({ written: false, fact: written })
    const none = { written: true, fact: factOf({ value: undefined, version: 0 }) }
    expect(await store.writeFact({ ...written, value: undefined })).toEqual(none)
    expect(await store.fact('belief', 'kiln')).toBeUndefined()
    expect(await store.facts('belief')).toEqual([])
    expect(await store.writeFact({ ...written, value: 'late' })).toMatchObject({ written: false })
    expect(await store.writeFact(factOf({}))).toEqual({ written: true, fact: written })
  })

  test('taking away a fact that is not there leaves none', async () => {
    const store = await openNew(makeStore)
    const none = factOf({ value: undefined })
    expect(await store.writeFact(none)).toEqual({ written: true, fact: none })
    expect(await store.facts('belief')).toEqual([])
  })

  test('of those who take a fact away at once one is told that it did', async () => {
    const store = await openNew(makeStore)
    const { fact } = await store.writeFact(factOf({}))
    const takes = [1, 2, 3].map(() => store.writeFact({ ...fact, value: undefined }))
    const outcomes = await Promise.all(takes)
    expect(outcomes.filter(({ written }) => written)).toHaveLength(1)
  })

  test.for([[null], [false], [0], [''], [[]], [{ a: [null, { b: 1.5 }] }]])(
    '%o stays what it is as value of a fact',
    async ([value]) => {
      const store = await openNew(makeStore)
      const { fact } = await store.writeFact(factOf({ value }))
      expect(fact.value).toStrictEqual(value)
      expect(await store.fact('belief', 'kiln')).toStrictEqual(factOf({ value, version: 1 }))
      expect(await store.facts('belief')).toStrictEqual([factOf({ value, version: 1 })])
    },
  )

  test('a value that cannot be stored is refused by its fact and place', async () => {
    const store = await openNew(makeStore)
    await expect(store.writeFact(factOf({ value: { a: new Map() } }))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('fact belief "kiln": value.a'),
    })
    expect(await store.fact('belief', 'kiln')).toBeUndefined()
  })

  test('a value that its giver or reader changes stays as it was stored', async () => {
    const store = await openNew(makeStore)
    const value = [1]
    const writing = store.writeFact(factOf({ value }))
    value.push(2)
    spoil((await writing).fact)
    for (const fact of await store.facts('belief')) spoil(fact)
    spoil(await store.fact('belief', 'kiln'))
    expect(await store.fact('belief', 'kiln')).toMatchObject({ value: [1] })
  })
}

function factOf(changes: Partial<Fact>): Fact {
  return { kind: 'belief', key: 'kiln', value: 'cold', version: 0, ...changes }
}

function spoil(fact: Fact | undefined): void {
  const value = fact?.value as unknown[]
  value.push('spoilt')
}
