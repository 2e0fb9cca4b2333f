import { expect, onTestFinished, test, vi } from 'vitest'
import type { HoldRequest } from '../../ports/holds.ts'
import type { Store } from '../../ports/store.ts'
import type { Fact } from '../../ports/store-messages.ts'
import { type MakeTogether, openTogether, type Together } from './open.ts'
import {
  claimOf,
  claimOne,
  idsOf,
  LEASE,
  leaseOf,
  NOW,
  newTasklet,
  newTasklets,
  settlementOf,
  startNew,
} from './records.ts'

const FACT = { kind: 'belief', key: 'kiln', version: 0 }
const OUTBOX = { kind: 'ready', owner: 'relay', limit: 100, now: NOW, until: NOW + 100 } as const

/** What two stores on the same records know of each other. */
export function sharedStateContract(makeTogether: MakeTogether): void {
  test('both say that they are shared', async () => {
    for (const store of await openTogether(makeTogether)) expect(store.isShared).toBe(true)
  })

  test('a queue that one has paused is paused for both', async () => {
    const [one, two] = await openTogether(makeTogether)
    await one.insert([newTasklet()])
    expect(await two.candidates(claimOf())).toHaveLength(1)
    await one.setPaused('main', true)
    expect(await two.claim(claimOf())).toEqual([])
    expect(await two.queues()).toMatchObject([{ queue: 'main', paused: true }])
    await two.setPaused('main', false)
    expect(await one.claim(claimOf())).toHaveLength(1)
  })

  test('counts, sizes and tallies are over what both have written', async () => {
    const [one, two] = await openTogether(makeTogether)
    const maxSizes = { main: 4 }
    await one.insert(newTasklets(2), { maxSizes })
    await two.insert(newTasklets(2), { maxSizes })
    await expect(one.insert([newTasklet()], { maxSizes })).rejects.toMatchObject({
      code: 'queue_full',
    })
    await two.claim(claimOf({ limit: 1 }))
    expect(await one.insert([newTasklet()], { maxSizes })).toMatchObject([{ created: true }])
    for (const store of [one, two]) {
      expect(await store.counts('main')).toMatchObject({ pending: 4, running: 1 })
    }
    // An engine may write down what it has counted a little later.
    const toTally = async () => expect(await one.tallies(NOW)).toMatchObject([{ submitted: 5 }])
    await vi.waitFor(toTally, { timeout: 5000 })
  })

  test('the order that one gives a queue is the order of both', async () => {
    const [one, two] = await openTogether(makeTogether)
    const given = newTasklets(3)
    await one.insert(given)
    const { ids, version } = await two.order('main')
    await one.move(ids[2] ?? '', 0)
    await expect(two.reorder('main', ids, version)).rejects.toMatchObject({
      code: 'store_conflict',
    })
    expect(idsOf(await two.claim(claimOf()))).toEqual([ids[2], ids[0], ids[1]])
  })

  test('a text is found wherever it was submitted, and as it is now', async () => {
    const [one, two] = await openTogether(makeTogether)
    const find = async (text: string) => idsOf((await one.list({ limit: 9, text })).items)
    await one.insert([newTasklet({ id: 'a', input: { piece: 'Vase' } })])
    expect(await find('vase')).toEqual(['a'])
    await two.insert([newTasklet({ id: 'b', input: { piece: 'vases' }, tags: ['blue'] })])
    expect(await find('vas* piece')).toEqual(['b', 'a'])
    const first = await claimOne(two)
    const error = { kind: 'error', message: 'a crack' } as const
    await two.settle([settlementOf(first, { status: 'failed', error })])
    expect(await find('crack vase')).toEqual(['a'])
    expect(await two.remove(['a', 'b'])).toBe(1)
    expect(await find('vas*')).toEqual(['b'])
  })

  test('a change by one is told to the other, each time anew', async () => {
    const [one, two] = await openTogether(makeTogether)
    const heard = vi.fn()
    onTestFinished(two.onForeignChange(heard))
    const changes = [
      () => one.insert([newTasklet()]),
      async () => one.settle([settlementOf(await claimOne(one))]),
      () => one.setPaused('main', true),
      () => one.writeFact({ ...FACT, value: 1 }),
    ]
    for (const change of changes) {
      heard.mockClear()
      await change()
      await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 5000 })
    }
  })

  test('a hold by one counts for the other', async () => {
    const together = await openTogether(makeTogether)
    const [one, two] = together
    const [first, second] = [await startNew(one), await startNew(two, { id: 'second' })]
    await one.hold(unitOf(first, 1))
    expect(await two.hold(unitOf(second, 1))).toMatchObject({ holders: [{ id: first.id }] })
    for (const store of together) expect(await store.holds()).toMatchObject([leaseOf(first)])
    await one.settle([settlementOf(first)])
    expect(await two.hold(unitOf(second, 1))).toMatchObject({ held: true })
  })

  test('what both ask for at once is never held beyond its capacity', async () => {
    const [one, two] = await openTogether(makeTogether)
    await one.insert(newTasklets(12))
    const claims = [await one.claim(claimOf({ limit: 6 })), await two.claim(claimOf({ limit: 6 }))]
    const waiting = claims.flatMap((running, index) =>
      running.map((tasklet) => ({ tasklet, store: index === 0 ? one : two })),
    )
    while (waiting.length > 0) {
      const outcomes = await Promise.all(
        waiting.map(({ store, tasklet }) => store.hold(unitOf(tasklet, 3))),
      )
      const holders = waiting.filter((_, index) => outcomes[index]?.held)
      expect(holders).toHaveLength(3)
      for (const holder of holders) {
        waiting.splice(waiting.indexOf(holder), 1)
        await holder.store.settle([settlementOf(holder.tasklet)])
      }
    }
    expect(await two.holds()).toEqual([])
  })

  test('of two that want one world alone at once one has it', async () => {
    const [one, two] = await openTogether(makeTogether)
    const world = { plan: 'plan', shape: 'kiln', requires: [], alone: true }
    for (let round = 0; round < 8; round += 1) {
      const [first, second] = [await startNew(one), await startNew(two)]
      const outcomes = await Promise.all([
        one.hold({ lease: leaseOf(first), units: [], world }),
        two.hold({ lease: leaseOf(second), units: [], world }),
      ])
      expect(outcomes.map(({ held }) => held).sort()).toEqual([false, true])
      await one.settle([settlementOf(first), settlementOf(second)])
    }
  })

  test('what one held is free when the other has rescued its tasklet', async () => {
    const [one, two] = await openTogether(makeTogether)
    const lost = await startNew(one)
    await one.hold(unitOf(lost, 1))
    await two.rescue({ now: NOW + LEASE, deadOwners: [], maxDeliveries: 3 })
    expect(await one.holds()).toEqual([])
    const again = await claimOne(two)
    expect(await two.hold(unitOf(again, 1))).toMatchObject({ held: true })
    expect(await one.revise({ lease: leaseOf(lost), units: [], states: undefined })).toBe(false)
    expect(await one.holds()).toMatchObject([leaseOf(again)])
  })

  test('steps and the deadline of a lost delivery are there for the one that goes on', async () => {
    const [one, two] = await openTogether(makeTogether)
    const running = await startNew(one)
    const lease = leaseOf(running)
    const deadline = { phase: 'executing', at: NOW + 5000 } as const
    await one.renew([{ ...lease, deadline }], NOW)
    await one.recordStep(lease, { name: 'send', output: 1, at: NOW })
    await two.rescue({ now: NOW, deadOwners: [], maxDeliveries: 3 })
    expect(await two.claim(claimOf({ owner: 'second' }))).toMatchObject([{ deadline }])
    expect(await one.recordStep(lease, { name: 'late', output: 1, at: NOW })).toBe(false)
    expect(await two.steps(running.id)).toEqual([{ name: 'send', output: 1, at: NOW }])
  })

  test('a step that both record at once is kept once', async () => {
    const [one, two] = await openTogether(makeTogether)
    const running = await startNew(one)
    const steps = [1, 2].map((output) => ({ name: 'send', output, at: NOW }))
    const [first, second] = steps.map((step, index) =>
      (index === 0 ? one : two).recordStep(leaseOf(running), step),
    )
    expect(await Promise.all([first, second])).toEqual([true, true])
    const kept = await one.steps(running.id)
    expect(kept).toHaveLength(1)
    expect(await two.steps(running.id)).toEqual(kept)
  })

  test('of two that write the same version of a fact one is told what the other wrote', async () => {
    const [one, two] = await openTogether(makeTogether)
    const outcomes = await Promise.all([
      one.writeFact({ ...FACT, value: 'hot' }),
      two.writeFact({ ...FACT, value: 'cold' }),
    ])
    expect(outcomes.map(({ written }) => written).sort()).toEqual([false, true])
    const [fact] = outcomes.filter(({ written }) => written).map((outcome) => outcome.fact)
    expect(outcomes.map((outcome) => outcome.fact)).toEqual([fact, fact])
    expect(await one.fact('belief', 'kiln')).toEqual(fact)
  })

  test('facts that both count up lose nothing', async () => {
    const [one, two] = await openTogether(makeTogether)
    await Promise.all([countUp(one, 20), countUp(two, 20)])
    expect(await two.fact('belief', 'kiln')).toEqual({ ...FACT, value: 40, version: 40 })
  })

  test('entries that one has taken are not given to the other until their time', async () => {
    const [one, two] = await notingTogether(makeTogether)
    await one.insert(newTasklets(6))
    await two.insert(newTasklets(4))
    const taken = await Promise.all([
      one.takeOutbox({ ...OUTBOX, limit: 7 }),
      two.takeOutbox({ ...OUTBOX, owner: 'other', limit: 7 }),
    ])
    const rest = await two.takeOutbox({ ...OUTBOX, owner: 'third' })
    const entries = [...taken, rest].flat().map(({ entry }) => entry)
    expect(new Set(entries).size).toBe(10)
    expect(entries).toHaveLength(10)
    expect(await two.takeOutbox({ ...OUTBOX, owner: 'fourth', now: NOW + 99 })).toEqual([])
    const lapsed = { ...OUTBOX, owner: 'fourth', now: NOW + 100 }
    expect(await two.takeOutbox(lapsed)).toHaveLength(10)
    await one.clearOutbox(entries)
    expect(await two.takeOutbox(lapsed)).toEqual([])
  })

  test('one is not told of what the other notes, but may take it', async () => {
    const [one, two] = await openTogether(makeTogether)
    const heard = vi.fn()
    onTestFinished(two.onOutbox(heard))
    await one.noteOutbox(['ready'])
    await two.insert([newTasklet()])
    expect(await one.takeOutbox(OUTBOX)).toEqual([])
    await one.insert([newTasklet()])
    expect(await two.takeOutbox(OUTBOX)).toHaveLength(1)
    expect(heard).not.toHaveBeenCalled()
  })
}

async function notingTogether(makeTogether: MakeTogether): Promise<Together> {
  const together = await openTogether(makeTogether)
  for (const store of together) await store.noteOutbox(['ready'])
  return together
}

function unitOf(tasklet: Parameters<typeof leaseOf>[0], capacity: number): HoldRequest {
  return { lease: leaseOf(tasklet), units: [{ pool: 'gpu', units: 1, capacity }] }
}

/** Adds one so many times, reading again whenever somebody else was faster. */
async function countUp(store: Store, times: number): Promise<void> {
  let fact: Fact = (await store.fact(FACT.kind, FACT.key)) ?? { ...FACT, value: 0 }
  for (let done = 0; done < times; ) {
    const outcome = await store.writeFact({ ...fact, value: Number(fact.value ?? 0) + 1 })
    fact = outcome.fact
    if (outcome.written) done += 1
  }
}
