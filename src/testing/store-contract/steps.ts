import { expect, test } from 'vitest'
import type { Tasklet } from '../../core/tasklet.ts'
import type { Store } from '../../ports/store.ts'
import type { StepRecord } from '../../ports/store-messages.ts'
import { type MakeStore, openNew } from './open.ts'
import { claimOne, LEASE, NOW, settlementOf, startNew, tokenOf } from './records.ts'

export function stepContract(makeStore: MakeStore): void {
  test('steps are kept in the order in which they were recorded', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    expect(await store.steps(started.id)).toEqual([])
    expect(await store.steps('unheard-of')).toEqual([])
    const steps = ['zebra', 'ant', ''].map((name, index) => stepOf(name, index))
    for (const step of steps) expect(await record(store, started, step)).toBe(true)
    expect(await store.steps(started.id)).toEqual(steps)
  })

  test('each tasklet has its own steps', async () => {
    const store = await openNew(makeStore)
    const [one, other] = [await startNew(store), await startNew(store)]
    await Promise.all([
      record(store, one, stepOf('send', 'one')),
      record(store, other, stepOf('send', 'other')),
    ])
    expect(await store.steps(one.id)).toEqual([stepOf('send', 'one')])
    expect(await store.steps(other.id)).toEqual([stepOf('send', 'other')])
  })

  test('a name that is taken keeps its first output', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await record(store, started, stepOf('send', 'first'))
    expect(await record(store, started, { ...stepOf('send', 'second'), at: NOW + 9 })).toBe(true)
    expect(await store.steps(started.id)).toEqual([stepOf('send', 'first')])
  })

  test('a step under a lease that is not held is not kept', async () => {
    const store = await openNew(makeStore)
    const lost = await startNew(store)
    await record(store, lost, stepOf('before'))
    await store.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 })
    expect(await record(store, lost, stepOf('waiting'))).toBe(false)
    const present = await claimOne(store)
    expect(await record(store, lost, stepOf('stale'))).toBe(false)
    expect(await record(store, present, stepOf('after'))).toBe(true)
    await store.settle([settlementOf(present)])
    expect(await record(store, present, stepOf('settled'))).toBe(false)
    expect(await store.recordStep({ id: 'unheard-of', token: 1 }, stepOf('none'))).toBe(false)
    expect(await store.steps(lost.id)).toEqual([stepOf('before'), stepOf('after')])
  })

  test('steps outlive settlements that send their tasklet back', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await record(store, started, stepOf('send'))
    await store.settle([settlementOf(started, { status: 'retrying', notBefore: NOW })])
    await store.advance(NOW)
    expect(await store.steps((await claimOne(store)).id)).toEqual([stepOf('send')])
  })

  test.for([[undefined], [null], [0], ['text'], [[null, {}]], [{ long: 'x'.repeat(100_000) }]])(
    '%o stays what it is as output of a step',
    async ([output]) => {
      const store = await openNew(makeStore)
      const started = await startNew(store)
      await record(store, started, stepOf('send', output))
      expect(await store.steps(started.id)).toStrictEqual([stepOf('send', output)])
    },
  )

  test('an output that cannot be stored is refused by its step and place', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    await expect(record(store, started, stepOf('send', { list: [1n] }))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('step "send": output.list[0]'),
    })
    expect(await store.steps(started.id)).toEqual([])
    expect(await record(store, started, stepOf('send', 'fine'))).toBe(true)
  })

  test('an output that its giver or reader changes stays as it was stored', async () => {
    const store = await openNew(makeStore)
    const started = await startNew(store)
    const output = [1]
    const recorded = record(store, started, stepOf('send', output))
    output.push(2)
    await recorded
    const [read] = await store.steps(started.id)
    if (Array.isArray(read?.output)) read.output.push(3)
    expect(await store.steps(started.id)).toEqual([stepOf('send', [1])])
  })

  test('steps go with their record, removed or swept, and others stay', async () => {
    const store = await openNew(makeStore)
    const [removed, swept, stays] = [
      await startNew(store),
      await startNew(store),
      await startNew(store),
    ]
    for (const one of [removed, swept, stays]) await record(store, one, stepOf('send'))
    await store.settle([settlementOf(removed), settlementOf(swept)])
    expect(await store.remove([removed.id, stays.id])).toBe(1)
    expect(await store.steps(removed.id)).toEqual([])
    expect(await store.steps(swept.id)).toHaveLength(1)
    const request = { settledBefore: NOW + LEASE, failedBefore: NOW, keep: 0, limit: 9 }
    expect(await store.sweep(request)).toBe(1)
    const again = await startNew(store, { id: swept.id })
    expect(await store.steps(again.id)).toEqual([])
    expect(await store.steps(stays.id)).toHaveLength(1)
  })

  test('a new record never finds the steps of one that was removed before it', async () => {
    const store = await openNew(makeStore)
    const last = await startNew(store)
    await record(store, last, stepOf('send'))
    await store.settle([settlementOf(last)])
    await store.remove([last.id])
    await store.close()
    await store.open()
    const next = await startNew(store)
    expect(await store.steps(next.id)).toEqual([])
    expect(await record(store, next, stepOf('send', 'new'))).toBe(true)
    expect(await store.steps(next.id)).toEqual([stepOf('send', 'new')])
  })
}

function stepOf(name: string, output: unknown = 'done'): StepRecord {
  return { name, output, at: NOW + 0.5 }
}

function record(store: Store, tasklet: Tasklet, step: StepRecord): Promise<boolean> {
  return store.recordStep({ id: tasklet.id, token: tokenOf(tasklet) }, step)
}
