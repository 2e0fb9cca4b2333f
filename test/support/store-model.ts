import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFinal, type SettledStatus } from '../../src/core/status.ts'
import type { Tasklet } from '../../src/core/tasklet.ts'
import type { Store } from '../../src/ports/store.ts'
import type { MakeStore } from '../../src/testing/store-contract/open.ts'
import { claimOf, NOW, newTasklet, settlementOf } from '../../src/testing/store-contract/records.ts'

const TASKS = ['a', 'b', 'c']
const MAX_DELIVERIES = 3
const LEASE = 20

/** What the model knows of one record. Its place in the array is its submission order. */
interface Known {
  readonly id: string
  readonly task: string
  readonly priority: number
  status: Tasklet['status']
  deliveries: number
  lost: number
  notBefore: number
  leaseUntil: number
  stopping: boolean
  /** The record as it was handed out under the latest lease. */
  handed: Tasklet | undefined
}

interface World {
  readonly store: Store
  readonly known: Known[]
  now: number
}

type Step = (world: World) => Promise<void>

const insert = fc
  .array(
    fc.record({
      task: fc.constantFrom(...TASKS),
      priority: fc.constantFrom(0, 500, 1000),
      delay: fc.constantFrom(0, 0, 0, 5, 50),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map(
    (wanted): Step =>
      async ({ store, known, now }) => {
        const batch = wanted.map(({ task, priority, delay }) =>
          newTasklet({
            task,
            priority,
            status: delay === 0 ? 'pending' : 'scheduled',
            notBefore: delay === 0 ? undefined : now + delay,
          }),
        )
        await store.insert(batch)
        for (const { id, task, priority, status, notBefore = 0 } of batch) {
          const fresh = {
            deliveries: 0,
            lost: 0,
            leaseUntil: 0,
            stopping: false,
            handed: undefined,
          }
          known.push({ id, task, priority, status, notBefore, ...fresh })
        }
      },
  )

const claim = fc.record({ limit: fc.integer({ min: 0, max: 5 }), skipped: fc.subarray(TASKS) }).map(
  ({ limit, skipped }): Step =>
    async ({ store, known, now }) => {
      const expected = known
        .filter(({ status, task }) => status === 'pending' && !skipped.includes(task))
        .sort((one, other) => one.priority - other.priority)
        .slice(0, limit)
      const skipTasks = skipped.map((task) => `plan/${task}`)
      const leaseUntil = now + LEASE
      const claimed = await store.claim(claimOf({ limit, now, leaseUntil, skipTasks }))
      expect(claimed.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
      for (const [index, one] of expected.entries()) {
        one.status = 'running'
        one.deliveries += 1
        one.leaseUntil = leaseUntil
        one.handed = claimed[index]
      }
    },
)

const settle = fc
  .record({
    pick: fc.nat(),
    status: fc.constantFrom<SettledStatus>('completed', 'failed', 'retrying', 'pending'),
  })
  .map(
    ({ pick, status }): Step =>
      async ({ store, known, now }) => {
        const one = pickFrom(
          known.filter(({ handed }) => handed !== undefined),
          pick,
        )
        if (one?.handed === undefined) return
        const settlement = settlementOf(one.handed, { status, notBefore: now + 7, at: now })
        const [outcome] = await store.settle([settlement])
        expect(outcome?.accepted).toBe(one.status === 'running')
        if (one.status !== 'running') return
        const waits = status === 'retrying' || status === 'pending'
        one.status = waits && one.stopping ? 'cancelled' : status
        one.notBefore = now + 7
        one.lost = 0
      },
  )

const cancel = fc.nat().map(
  (pick): Step =>
    async ({ store, known, now }) => {
      const one = pickFrom(known, pick)
      if (one === undefined) return
      const outcome = await store.cancel(one.id, { kind: 'cancelled', message: 'no' }, now)
      if (isFinal(one.status)) {
        expect(outcome).toBe('settled')
      } else if (one.status === 'running') {
        expect(outcome).toBe('requested')
        one.stopping = true
      } else {
        expect(outcome).toBe('cancelled')
        one.status = 'cancelled'
      }
    },
)

const pass = fc.integer({ min: 0, max: 15 }).map(
  (time): Step =>
    async (world) => {
      world.now += time
      const { store, known, now } = world
      await store.promote(now)
      for (const one of known) {
        const waits = one.status === 'scheduled' || one.status === 'retrying'
        if (waits && one.notBefore <= now) one.status = 'pending'
      }
    },
)

const rescue = fc.boolean().map(
  (ownerIsDead): Step =>
    async ({ store, known, now }) => {
      const deadOwners = ownerIsDead ? ['owner'] : []
      const rescued = await store.rescue({ now, deadOwners, maxDeliveries: MAX_DELIVERIES })
      const expected = known.filter(
        ({ status, leaseUntil }) => status === 'running' && (ownerIsDead || leaseUntil <= now),
      )
      for (const one of expected) {
        one.lost += 1
        if (one.stopping) one.status = 'cancelled'
        else one.status = one.lost < MAX_DELIVERIES ? 'pending' : 'failed'
      }
      const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort()
      expect(ids(rescued)).toEqual(ids(expected))
    },
)

const renew = fc.nat().map(
  (pick): Step =>
    async ({ store, known, now }) => {
      const one = pickFrom(
        known.filter(({ handed }) => handed !== undefined),
        pick,
      )
      if (one?.handed === undefined) return
      const lease = { id: one.id, token: one.handed.lease?.token ?? 0 }
      const { lost, cancelled } = await store.renew([lease], now + 2 * LEASE)
      expect(lost).toEqual(one.status === 'running' ? [] : [one.id])
      expect(cancelled).toHaveLength(one.status === 'running' && one.stopping ? 1 : 0)
      if (one.status === 'running') one.leaseUntil = now + 2 * LEASE
    },
)

function pickFrom(list: readonly Known[], pick: number): Known | undefined {
  return list[pick % Math.max(list.length, 1)]
}

async function expectSame({ store, known }: World): Promise<void> {
  const { items } = await store.list({ limit: known.length + 1 })
  const visible = ({ id, status, deliveries }: Tasklet | Known) => ({ id, status, deliveries })
  expect(items.map(visible).reverse()).toEqual(known.map(visible))
  const counts = await store.counts()
  for (const [status, count] of Object.entries(counts)) {
    expect(count).toBe(known.filter((one) => one.status === status).length)
  }
  const times = known.flatMap(({ status, notBefore, leaseUntil }) => {
    if (status === 'running') return [leaseUntil]
    return status === 'scheduled' || status === 'retrying' ? [notBefore] : []
  })
  expect(await store.nextDue()).toBe(times.length === 0 ? undefined : Math.min(...times))
}

/** Registers one test: whatever is done to the store in whatever order, a plain list agrees. */
export function storeModel(makeStore: MakeStore): void {
  const steps = fc.array(
    fc.oneof(insert, claim, claim, settle, settle, cancel, pass, rescue, renew),
    {
      minLength: 1,
      maxLength: 40,
    },
  )

  test('any sequence of operations leaves what a plain list says', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const store = await makeStore()
        await store.open()
        const world: World = { store, known: [], now: NOW }
        for (const step of sequence) {
          await step(world)
          await expectSame(world)
        }
        await store.close()
      }),
      { numRuns: 60 },
    )
  })
}
