import { describe, expect, it } from 'vitest'
import type { Settlement } from '../../../../src/core/tasklet.ts'
import type { SettleOutcome } from '../../../../src/ports/store-messages.ts'
import type { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { Settlements } from '../../../../src/runtime/deliveries/settlements.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { makeDelivery } from '../../../support/deliveries.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

/** Settlements over a store whose answers the test gives, batch by batch. */
function makeSettlements() {
  const batches: { ids: string[]; answer: PromiseWithResolvers<readonly SettleOutcome[]> }[] = []
  const store = {
    ...memoryStore(),
    settle(settlements: readonly Settlement[]) {
      const answer = Promise.withResolvers<readonly SettleOutcome[]>()
      batches.push({ ids: settlements.map(({ id }) => id), answer })
      return answer.promise
    },
  }
  const told: string[] = []
  const clock = new ManualClock()
  const settlements = new Settlements(store as never, clock, {
    settled: ({ tasklet }, answer) => told.push(`${tasklet.id} ${answer.accepted}`),
    flushed: (batch) => told.push(`flushed ${batch.length}`),
    failed: (error) => told.push((error as Error).message),
  })
  const accept = async (index: number) => {
    const refused: SettleOutcome = { accepted: false, holder: 'other' }
    batches[index]?.answer.resolve(batches[index].ids.map(() => refused))
    await allDone()
  }
  return { clock, settlements, batches, told, accept }
}

function ended(id: string): Delivery {
  const delivery = makeDelivery({ id })
  delivery.outcome = { status: 'completed', attempts: 0 }
  return delivery
}

const idsOf = (batches: readonly { ids: string[] }[]) => batches.map(({ ids }) => ids)

describe('Settlements', () => {
  it('write what arrives in one turn as one batch', async () => {
    const { settlements, batches } = makeSettlements()
    for (const id of ['a', 'b', 'c']) settlements.add(ended(id))
    expect(batches).toEqual([])
    await allDone()
    expect(idsOf(batches)).toEqual([['a', 'b', 'c']])
  })

  it('gather what arrives while a batch is written into the next', async () => {
    const { settlements, batches, told, accept } = makeSettlements()
    settlements.add(ended('a'))
    await allDone()
    settlements.add(ended('b'))
    await allDone()
    settlements.add(ended('c'))
    await allDone()
    expect(idsOf(batches)).toEqual([['a']])
    await accept(0)
    expect(idsOf(batches)).toEqual([['a'], ['b', 'c']])
    await accept(1)
    settlements.add(ended('d'))
    await allDone()
    expect(idsOf(batches)).toEqual([['a'], ['b', 'c'], ['d']])
    const written = ['flushed 1', 'a false', 'flushed 2', 'b false', 'c false', 'flushed 1']
    expect(told).toEqual(written)
  })

  it('write a batch again until the store takes it, and drop nothing', async () => {
    const { clock, settlements, batches, told, accept } = makeSettlements()
    settlements.add(ended('a'))
    await allDone()
    settlements.add(ended('b'))
    for (const index of [0, 1, 2]) {
      batches[index]?.answer.reject(new Error('disk full'))
      await clock.advance(999)
      expect(batches).toHaveLength(index + 1)
      await clock.advance(1)
    }
    expect(idsOf(batches)).toEqual([['a'], ['a'], ['a'], ['a']])
    await accept(3)
    await accept(4)
    expect(idsOf(batches).at(-1)).toEqual(['b'])
    const failures = ['disk full', 'disk full', 'disk full']
    expect(told).toEqual(['flushed 1', ...failures, 'a false', 'flushed 1', 'b false'])
  })

  it('say once of each batch that it is being written, however often that takes', async () => {
    const { clock, settlements, batches, accept } = makeSettlements()
    const written: string[][] = []
    settlements.onWrite((batch) => written.push(batch.map(({ tasklet }) => tasklet.id)))
    settlements.add(ended('a'))
    await allDone()
    expect(written).toEqual([['a']])
    batches[0]?.answer.reject(new Error('disk full'))
    await clock.advance(1000)
    settlements.add(ended('b'))
    await accept(1)
    expect(written).toEqual([['a'], ['b']])
  })

  it('take a delivery again that was added while it was told its answer', async () => {
    const { settlements, batches, accept } = makeSettlements()
    settlements.add(ended('a'))
    await allDone()
    settlements.add(ended('a'))
    await accept(0)
    expect(idsOf(batches)).toEqual([['a'], ['a']])
  })

  it('stop writing once closed, also in the middle of a failure', async () => {
    const { clock, settlements, batches } = makeSettlements()
    settlements.add(ended('a'))
    await allDone()
    settlements.add(ended('b'))
    settlements.close()
    batches[0]?.answer.reject(new Error('closed'))
    await clock.advance('1m')
    settlements.add(ended('c'))
    await allDone()
    expect(idsOf(batches)).toEqual([['a']])
  })
})
