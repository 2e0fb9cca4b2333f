import { expect, test } from 'vitest'
import { type MakeStore, openNew } from './open.ts'
import {
  claimOf,
  claimOne,
  LEASE,
  leaseOf,
  NOW,
  newTasklet,
  settlementOf,
  startNew,
  total,
} from './records.ts'

const circular: Record<string, unknown> = {}
circular['self'] = circular

const REFUSED: readonly [name: string, value: unknown][] = [
  ['a circular object', circular],
  ['a bigint', 10n],
  ['a function', () => 1],
  ['a symbol', Symbol('s')],
  ['a Map', new Map()],
  ['a Set', new Set()],
]

export function valueContract(makeStore: MakeStore): void {
  test.for([
    [undefined],
    [null],
    [false],
    [0],
    [''],
    ['text'],
    [[]],
    [{}],
    [[null, [{}]]],
    [JSON.parse('{"__proto__": {"a": 1}}')],
    [{ long: 'x'.repeat(100_000) }],
  ])('%o stays what it is as input, initial context and output', async ([value]) => {
    const store = await openNew(makeStore)
    const started = await startNew(store, { input: value, initialContext: value })
    expect(started.input).toStrictEqual(value)
    await store.settle([settlementOf(started, { output: value })])
    const settled = await store.get(started.id)
    expect(settled?.input).toStrictEqual(value)
    expect(settled?.initialContext).toStrictEqual(value)
    expect(settled?.output).toStrictEqual(value)
  })

  test('other values become what JSON makes of them', async () => {
    const store = await openNew(makeStore)
    class Point {
      readonly x = 1
    }
    const at = new Date(0)
    const input = { at, gone: undefined, list: [undefined], nan: Number.NaN, point: new Point() }
    const started = await startNew(store, { input })
    expect(started.input).toStrictEqual(JSON.parse(JSON.stringify(input)))
  })

  test.for(REFUSED)('%s in an input is refused by its place, with its batch', async ([, value]) => {
    const store = await openNew(makeStore)
    const batch = [newTasklet(), newTasklet({ input: { list: [0, value] } })]
    await expect(store.insert(batch)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('input.list[1]'),
    })
    expect(await total(store)).toBe(0)
  })

  test('an initial context that cannot be stored is refused by its name', async () => {
    const store = await openNew(makeStore)
    await expect(store.insert([newTasklet({ initialContext: 1n })])).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('initialContext'),
    })
  })

  test.for(REFUSED)(
    '%s as output refuses that settlement alone, and the lease stands',
    async ([, output]) => {
      const store = await openNew(makeStore)
      const bad = await startNew(store)
      const good = await startNew(store)
      const [refused, accepted] = await store.settle([
        settlementOf(bad, { output }),
        settlementOf(good, { output: 'fine' }),
      ])
      expect(refused).toMatchObject({
        accepted: false,
        holder: 'owner',
        error: { code: 'invalid_input', message: expect.stringContaining('output') },
      })
      expect(accepted).toMatchObject({ accepted: true })
      expect(await store.get(bad.id)).toEqual(bad)
      const error = { kind: 'error', message: 'the output cannot be stored' } as const
      const [failed] = await store.settle([settlementOf(bad, { status: 'failed', error })])
      expect(failed).toMatchObject({ accepted: true, tasklet: { status: 'failed', error } })
    },
  )

  test('an endlessly nested or unreadable value is refused, not a crash', async () => {
    const store = await openNew(makeStore)
    let deep: unknown = 0
    for (let level = 0; level < 20_000; level += 1) deep = [deep]
    const unreadable = {
      get value() {
        throw new Error('no')
      },
    }
    for (const input of [deep, unreadable]) {
      await expect(store.insert([newTasklet({ input })])).rejects.toMatchObject({
        code: 'invalid_input',
      })
    }
  })

  test('a value that its giver changes afterwards stays as it was stored', async () => {
    const store = await openNew(makeStore)
    const input = { list: [1] }
    const given = newTasklet({ input })
    await store.insert([given])
    input.list.push(2)
    expect(await store.get(given.id)).toMatchObject({ input: { list: [1] } })
    const output = { list: [1] }
    await store.settle([settlementOf(await claimOne(store), { output })])
    output.list.push(2)
    expect(await store.get(given.id)).toMatchObject({ output: { list: [1] } })
  })

  test('a value that its reader changes stays as it was stored', async () => {
    const store = await openNew(makeStore)
    const spoil = (value: unknown) => (value as number[]).push(9)
    const [inserted] = await store.insert([newTasklet({ input: [1] })])
    const claimed = await claimOne(store)
    const [settled] = await store.settle([settlementOf(claimed, { output: [1] })])
    const { items } = await store.list({ limit: 1 })
    spoil(inserted?.tasklet.input)
    spoil(claimed.input)
    if (settled?.accepted) spoil(settled.tasklet.output)
    spoil(items[0]?.output)
    spoil((await store.get(claimed.id))?.output)
    expect(await store.get(claimed.id)).toMatchObject({ input: [1], output: [1] })
  })

  test.for([
    ['NUL', 'a\0b'],
    ['half a character', 'a\ud800b'],
  ] as const)(
    "an id or a name with %s is that of nothing, and in nobody's way",
    async ([, strange]) => {
      const store = await openNew(makeStore)
      const claimed = await startNew(store)
      expect(await store.getMany([strange, claimed.id])).toMatchObject([{ id: claimed.id }])
      const error = { kind: 'cancelled', message: 'enough' } as const
      expect(await store.cancel(strange, error, NOW)).toEqual({ outcome: 'missing', changed: [] })
      expect(await store.wake([strange], NOW)).toEqual([])
      expect(await store.remove([strange])).toBe(0)
      expect(await store.steps(strange)).toEqual([])
      await expect(store.move(strange, 0)).rejects.toMatchObject({ code: 'invalid_input' })
      expect(await store.list({ queue: strange, limit: 9 })).toMatchObject({ items: [] })
      expect(await store.counts(strange)).toMatchObject({ pending: 0, running: 0 })
      expect(await store.order(strange)).toMatchObject({ ids: [] })
      expect(await store.claim(claimOf({ queue: strange }))).toEqual([])
      const lease = { id: strange, token: 1 }
      const renewal = await store.renew([lease, leaseOf(claimed)], NOW + LEASE)
      expect(renewal).toEqual({ lost: [strange], cancelled: [] })
      const settled = await store.settle([
        { ...settlementOf(claimed), ...lease },
        settlementOf(claimed),
      ])
      expect(settled.map(({ accepted }) => accepted)).toEqual([false, true])
    },
  )
}
