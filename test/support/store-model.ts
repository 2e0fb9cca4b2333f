import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NEVER } from '../../src/core/duration.ts'
import { isFinal, type SettledStatus } from '../../src/core/status.ts'
import type { Tasklet } from '../../src/core/tasklet.ts'
import { moved, reordered } from '../../src/stores/order.ts'
import type { MakeStore } from '../../src/testing/store-contract/open.ts'
import { claimOf, settlementOf } from '../../src/testing/store-contract/records.ts'
import { expectAllNoted, expectSameHolds, hold, revise } from './store-model-beside.ts'
import { pickFrom, TASKS, toGiven, WANTED } from './store-model-wanted.ts'
import {
  admit,
  dueTimes,
  type Known,
  newWorld,
  order,
  place,
  select,
  settleDependents,
  type World,
} from './store-model-world.ts'

const SETTLED = ['completed', 'failed', 'retrying', 'pending', 'scheduled'] as const
const MAX_DELIVERIES = 3
const LEASE = 20

type Step = (world: World) => Promise<void>

const insert = fc.array(WANTED, { minLength: 1, maxLength: 5 }).map(
  (wanted): Step =>
    async (world) => {
      for (const one of wanted) {
        const given = toGiven(world, one)
        const [outcome] = await world.store.insert([given])
        expect(outcome?.created).toBe(admit(world, given))
      }
    },
)

const WISHED = fc.record({
  limit: fc.integer({ min: 0, max: 5 }),
  skipped: fc.subarray(TASKS),
  picks: fc.option(fc.array(fc.nat(), { maxLength: 6 }), { nil: undefined }),
})

const claim = WISHED.map(
  ({ limit, skipped, picks }): Step =>
    async (world) => {
      const { store, now } = world
      const chosen = picks?.map((pick) => pickFrom(world.known, pick)?.id ?? 'unheard-of')
      const only = chosen === undefined ? {} : { ids: chosen }
      const expected = select(world, { limit, skipped, ...only })
      const skipTasks = skipped.map((task) => `plan/${task}`)
      const request = claimOf({ limit, now, leaseUntil: now + LEASE, skipTasks, ...only })
      const ids = expected.map(({ id }) => id)
      expect((await store.candidates(request)).map(({ id }) => id)).toEqual(ids)
      const claimed = await store.claim(request)
      expect(claimed.map(({ id }) => id)).toEqual(ids)
      for (const [index, one] of expected.entries()) {
        one.status = 'running'
        one.hasStarted = true
        one.deliveries += 1
        one.leaseUntil = now + LEASE
        one.handed = claimed[index]
      }
    },
)

const pause = fc.boolean().map(
  (paused): Step =>
    async (world) => {
      await world.store.setPaused('main', paused)
      world.isPaused = paused
    },
)

const move = fc.record({ pick: fc.nat(), to: fc.nat(5) }).map(
  ({ pick, to }): Step =>
    async (world) => {
      const places = order(world)
      const one = places[pick % Math.max(places.length, 1)]
      if (one === undefined) return
      await world.store.move(one.id, to)
      place(world, moved(places, one.id, to))
    },
)

const reorder = fc.nat().map(
  (turn): Step =>
    async (world) => {
      const { ids, version } = await world.store.order('main')
      const turned = [
        ...ids.slice(turn % (ids.length + 1)),
        ...ids.slice(0, turn % (ids.length + 1)),
      ]
      await world.store.reorder('main', turned, version)
      place(world, reordered(order(world), turned, version))
    },
)

const settle = fc
  .record({
    pick: fc.nat(),
    status: fc.constantFrom<SettledStatus>(...SETTLED),
    wait: fc.constantFrom(7, 7, Number.POSITIVE_INFINITY),
    interrupted: fc.boolean(),
  })
  .map(
    ({ pick, status, wait, interrupted }): Step =>
      async (world) => {
        const { store, known, now } = world
        const one = pickFrom(
          known.filter(({ handed }) => handed !== undefined),
          pick,
        )
        if (one?.handed === undefined) return
        const notBefore = Math.min(now + wait, NEVER)
        const settlement = settlementOf(one.handed, { status, notBefore, at: now, interrupted })
        const [outcome] = await store.settle([settlement])
        expect(outcome?.accepted).toBe(one.status === 'running')
        if (one.status !== 'running') return
        one.status = !isFinal(status) && one.stopping ? 'cancelled' : status
        const sleeps = one.status === 'retrying' || one.status === 'scheduled'
        one.notBefore = sleeps ? notBefore : undefined
        if (one.status === 'scheduled') one.expiresAt = undefined
        one.lost = 0
        one.deadline = undefined
        if (one.status === 'pending' && interrupted) one.interruptions += 1
        settleDependents(world)
      },
  )

const wake = fc.nat().map(
  (pick): Step =>
    async ({ store, known, now }) => {
      const one = pickFrom(known, pick)
      if (one === undefined) return
      const woken = await store.wake([one.id], now)
      expect(woken.map(({ id }) => id)).toEqual(one.status === 'scheduled' ? [one.id] : [])
      if (one.status !== 'scheduled') return
      one.status = 'pending'
      one.notBefore = undefined
    },
)

const cancel = fc.nat().map(
  (pick): Step =>
    async (world) => {
      const { store, known, now } = world
      const one = pickFrom(known, pick)
      if (one === undefined) return
      const { outcome } = await store.cancel(one.id, { kind: 'cancelled', message: 'no' }, now)
      if (isFinal(one.status)) {
        expect(outcome).toBe('settled')
      } else if (one.status === 'running') {
        expect(outcome).toBe('requested')
        one.stopping = true
      } else {
        expect(outcome).toBe('cancelled')
        one.status = 'cancelled'
        settleDependents(world)
      }
    },
)

const pass = fc.integer({ min: 0, max: 15 }).map(
  (time): Step =>
    async (world) => {
      world.now += time
      const { store, known, now } = world
      await store.advance(now)
      for (const one of known) {
        const canExpire = one.status !== 'running' && !isFinal(one.status)
        if (canExpire && one.expiresAt !== undefined && one.expiresAt <= now) one.status = 'failed'
      }
      settleDependents(world)
      for (const one of known) {
        const waits = one.status === 'scheduled' || one.status === 'retrying'
        if (waits && (one.notBefore ?? 0) <= now) {
          one.status = 'pending'
          one.notBefore = undefined
        }
      }
    },
)

const rescue = fc.boolean().map(
  (ownerIsDead): Step =>
    async (world) => {
      const { store, known, now } = world
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
      const followed = settleDependents(world)
      const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort()
      expect(ids(rescued)).toEqual(ids([...expected, ...followed]))
    },
)

const renew = fc.record({ pick: fc.nat(), isNoted: fc.boolean() }).map(
  ({ pick, isNoted }): Step =>
    async ({ store, known, now }) => {
      const one = pickFrom(
        known.filter(({ handed }) => handed !== undefined),
        pick,
      )
      if (one?.handed === undefined) return
      const deadline = isNoted ? ({ phase: 'executing', at: now + 5 } as const) : undefined
      const lease = { id: one.id, token: one.handed.lease?.token ?? 0, deadline }
      const { lost, cancelled } = await store.renew([lease], now + 2 * LEASE)
      expect(lost).toEqual(one.status === 'running' ? [] : [one.id])
      expect(cancelled).toHaveLength(one.status === 'running' && one.stopping ? 1 : 0)
      if (one.status !== 'running') return
      one.leaseUntil = now + 2 * LEASE
      one.deadline = deadline ?? one.deadline
    },
)

async function expectSame(world: World): Promise<void> {
  const { store, known } = world
  const { items } = await store.list({ limit: known.length + 1 })
  const visible = (one: Tasklet | Known) => {
    const { id, status, deliveries, priority, interruptions } = one
    const deadline = isFinal(status) ? undefined : one.deadline
    return { id, status, deliveries, priority, interruptions, deadline }
  }
  expect(items.filter(({ status, deadline }) => isFinal(status) && deadline)).toEqual([])
  expect(items.map(visible).reverse()).toEqual(known.map(visible))
  const counts = await store.counts()
  for (const [status, count] of Object.entries(counts)) {
    expect(count).toBe(known.filter((one) => one.status === status).length)
  }
  expect((await store.order('main')).ids).toEqual(order(world).map(({ id }) => id))
  const times = known.flatMap(dueTimes)
  expect(await store.nextDue()).toBe(times.length === 0 ? undefined : Math.min(...times))
}

/** Registers one test: whatever is done to the store in whatever order, a plain list agrees. */
export function storeModel(makeStore: MakeStore, { runs = 60 } = {}): void {
  const steps = fc.array(
    fc.oneof(
      insert,
      insert,
      claim,
      claim,
      settle,
      settle,
      wake,
      cancel,
      pass,
      rescue,
      renew,
      hold,
      hold,
      revise,
      pause,
      move,
      reorder,
    ),
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
        await store.noteOutbox(['status', 'ready'])
        const world = newWorld(store)
        for (const step of sequence) {
          await step(world)
          await expectSame(world)
          await expectSameHolds(world)
        }
        await expectAllNoted(world)
        await store.close()
      }),
      { numRuns: runs },
    )
  })
}
