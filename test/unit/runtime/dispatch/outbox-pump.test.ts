import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { OutboxEntry } from '../../../../src/ports/outbox.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { OutboxPump } from '../../../../src/runtime/dispatch/outbox-pump.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

async function make(store: Store = memoryStore(), owner = 'us', clock = new ManualClock()) {
  await store.open()
  await store.noteOutbox(['ready'])
  const told: string[] = []
  const state = { fails: false, failures: 0, recoveries: 0, atOnce: 0, most: 0 }
  const pump = new OutboxPump(
    { store, clock, owner, random: () => 0 },
    {
      kind: 'ready',
      lease: 10_000,
      async tell(entries: readonly OutboxEntry[]) {
        state.atOnce += 1
        state.most = Math.max(state.most, state.atOnce)
        await allDone()
        state.atOnce -= 1
        if (state.fails) throw new Error('nobody listens')
        told.push(...entries.map(({ id }) => id))
      },
      failed: () => {
        state.failures += 1
      },
      recovered: () => {
        state.recoveries += 1
      },
    },
  )
  onTestFinished(() => pump.stop())
  const insert = async (count: number) => {
    const tasklets = Array.from({ length: count }, () => newTasklet())
    await store.insert(tasklets)
    return tasklets.map(({ id }) => id)
  }
  return { pump, store, clock, told, state, insert }
}

const left = async (store: Store) =>
  store.takeOutbox({ kind: 'ready', owner: 'test', limit: 9999, now: 9e12, until: 9e12 })

describe('what tells the outbox', () => {
  it('tells everything once and in order, in one run at a time', async () => {
    const { pump, insert, told, state, store } = await make()
    pump.start()
    const ids = [...(await insert(700)), ...(await insert(3)), ...(await insert(900))]
    await vi.waitFor(() => expect(told).toHaveLength(1603))
    expect(told).toEqual(ids)
    expect(state.most).toBe(1)
    await pump.stop()
    expect(await left(store)).toEqual([])
  })

  it('keeps what could not be told, and tells it when its time has come', async () => {
    const { pump, clock, insert, told, state } = await make()
    state.fails = true
    pump.start()
    const ids = await insert(5)
    await vi.waitFor(() => expect(state.failures).toBe(1))
    ids.push(...(await insert(5)))
    await allDone()
    expect(state.failures).toBe(1)
    await vi.waitFor(async () => {
      await clock.advance('5s')
      expect(state.failures).toBeGreaterThan(2)
    })
    state.fails = false
    await vi.waitFor(async () => {
      await clock.advance('5s')
      expect(told).toEqual(ids)
    })
    expect(state.recoveries).toBe(1)
  })

  it('does not wait for its time when it is told that the way is free', async () => {
    const { pump, insert, told, state } = await make()
    state.fails = true
    pump.start()
    const ids = await insert(5)
    await vi.waitFor(() => expect(state.failures).toBe(1))
    state.fails = false
    pump.retry()
    await vi.waitFor(() => expect(told).toEqual(ids))
  })

  it('tells what another has taken and left, once that one’s time is over', async () => {
    const { pump, store, clock, insert, told } = await make()
    const ids = await insert(3)
    const now = clock.now()
    await store.takeOutbox({ kind: 'ready', owner: 'gone', limit: 9, now, until: now + 10_000 })
    pump.start()
    await allDone()
    expect(told).toEqual([])
    clock.jump(10_000)
    pump.poke()
    await vi.waitFor(() => expect(told).toEqual(ids))
  })

  it('tells what is there before it stops, and nothing afterwards', async () => {
    const { pump, store, insert, told } = await make()
    pump.start()
    const ids = await insert(3)
    await pump.stop()
    expect(told).toEqual(ids)
    await insert(2)
    pump.poke()
    await allDone()
    expect(await left(store)).toHaveLength(2)
  })
})
