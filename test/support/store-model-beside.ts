import fc from 'fast-check'
import { expect } from 'vitest'
import type { Tasklet } from '../../src/core/tasklet.ts'
import { NOW } from '../../src/testing/store-contract/records.ts'
import { pickFrom } from './store-model-wanted.ts'
import type { Known, World } from './store-model-world.ts'

const CAPACITY = 3
const POOL = 'gpu'

/** Somebody asks for units, perhaps under a lease that has ended. */
export const hold = fc
  .record({ pick: fc.nat(), units: fc.integer({ min: 1, max: 2 }) })
  .map(({ pick, units }) => async ({ store, known }: World): Promise<void> => {
    const handed = pickFrom(known.filter(wasLeased), pick)
    if (handed === undefined) return
    const others = known.filter((one) => one !== handed && unitsOf(one) > 0)
    const used = others.reduce((sum, one) => sum + unitsOf(one), 0)
    const lease = { id: handed.id, token: handed.deliveries }
    const outcome = await store.hold({
      lease,
      units: [{ pool: POOL, units, capacity: CAPACITY }],
    })
    const mayHold = handed.status === 'running' && used + units <= CAPACITY
    expect(outcome.held).toBe(mayHold)
    if (mayHold) handed.held = { token: handed.deliveries, units }
    if (outcome.held) return
    const expected = handed.status === 'running' ? others.map(({ id }) => id) : []
    expect(outcome.holders.map(({ id }) => id)).toEqual(expected)
  })

/** Somebody gives back everything, or all but one. */
export const revise = fc
  .record({ pick: fc.nat(), left: fc.integer({ min: 0, max: 1 }) })
  .map(({ pick, left }) => async ({ store, known }: World): Promise<void> => {
    const one = pickFrom(known.filter(wasLeased), pick)
    if (one === undefined) return
    const revised = await store.revise({
      lease: { id: one.id, token: one.deliveries },
      units: left === 0 ? [] : [{ pool: POOL, units: left }],
      states: undefined,
    })
    expect(revised).toBe(unitsOf(one) > 0)
    if (revised) one.held = { token: one.deliveries, units: left }
  })

export async function expectSameHolds({ store, known }: World): Promise<void> {
  const holds = (await store.holds()).map(({ id, units }) => [id, units[0]?.units])
  const held = known.filter((one) => unitsOf(one) > 0)
  expect(holds).toEqual(held.map((one) => [one.id, unitsOf(one)]))
}

/** Every status that a record has had was noted once, in order. */
export async function expectAllNoted({ store, known }: World): Promise<void> {
  const request = { owner: 'relay', limit: 10_000, now: NOW, until: NOW }
  const noted = await store.takeOutbox({ ...request, kind: 'status' })
  const last = new Map<string, Tasklet['status']>()
  for (const { id, from, to } of noted) {
    expect(from).toBe(last.get(id))
    expect(to).not.toBe(from)
    last.set(id, to)
  }
  expect([...last]).toEqual(known.map(({ id, status }) => [id, status]))
  const ready = await store.takeOutbox({ ...request, kind: 'ready' })
  const becamePending = noted.filter(({ to }) => to === 'pending')
  expect(ready.map(({ id }) => id)).toEqual(becamePending.map(({ id }) => id))
}

function wasLeased({ handed }: Known): boolean {
  return handed !== undefined
}

/** What it holds under the lease that it has now. */
function unitsOf({ status, deliveries, held }: Known): number {
  return status === 'running' && held?.token === deliveries ? held.units : 0
}
