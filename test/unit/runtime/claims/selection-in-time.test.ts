import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Plan, Task } from '../../../../src/plan/model.ts'
import { Claims } from '../../../../src/runtime/claims/claims.ts'
import { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { Grants } from '../../../../src/runtime/grants/grants.ts'
import { toQueues } from '../../../../src/runtime/options/queue-options.ts'
import { Registry } from '../../../../src/runtime/plans/registry.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { newTasklet, settlementOf } from '../../../../src/testing/store-contract/records.ts'
import { makeTask } from '../../../support/deliveries.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

interface Rules {
  readonly tasks: readonly Task[]
  readonly resources?: Readonly<Record<string, number>>
  readonly maxAffinityWait?: number
  readonly reserveAfter?: number
  readonly concurrency?: number
}

const MOVE = 200
const WORK = 20

function planOf({ tasks, resources = {} }: Rules): Plan {
  return {
    name: 'plan',
    version: 'version',
    description: undefined,
    folder: undefined,
    resources,
    resourceLimits: {},
    transitionUnits: {},
    world: undefined,
    interrupts: [],
    schedules: [],
    warnings: [],
    tasks: new Map(tasks.map((task) => [task.name, task])),
  }
}

/** Claims and grants on a memory store; work and moves take time on a clock that stands by itself. */
async function makeShop(rules: Rules) {
  const clock = new ManualClock()
  const store = memoryStore()
  await store.open()
  const registry = new Registry([planOf(rules)], {})
  const waits = new Map<string, number>()
  const shop = { at: 's0', moves: 0, waits }
  const at = (delay: number, fn: () => void) => clock.setTimer(clock.now() + delay, fn)
  const work = (delivery: Delivery) => at(WORK, () => void end(delivery))
  const start = (delivery: Delivery) => {
    waits.set(delivery.tasklet.id, clock.now() - delivery.tasklet.createdAt)
    const [state] = delivery.tasklet.requires
    if (state === undefined || grants.shared(delivery) !== undefined) work(delivery)
    else {
      const isThere = shop.at === state
      if (!isThere) shop.moves += 1
      at(isThere ? 0 : MOVE, () => {
        shop.at = state
        grants.share(delivery, [state])
        work(delivery)
      })
    }
  }
  const grants = new Grants(
    {
      slots: () => rules.concurrency ?? 4,
      pool: (plan, resource) => registry.pool(plan, resource),
      transitionUnits: () => ({}),
      hasExclusive: (plan) => registry.rules.exclusivePlans.has(plan),
      now: () => clock.now(),
      believed: () => [shop.at],
      maxAffinityWait: rules.maxAffinityWait ?? 30_000,
    },
    start,
  )
  const claims = new Claims({
    store,
    clock,
    owner: 'us',
    lease: 1e9,
    lastDelivery: undefined,
    reserveAfter: rules.reserveAfter ?? 5000,
    grants,
    registry,
    queues: toQueues(rules.concurrency ?? 4, {}),
    claimed: (_, tasklets) => {
      for (const tasklet of tasklets) {
        const delivery = new Delivery(tasklet, registry.task('plan', tasklet.task))
        if (grants.request(delivery)) start(delivery)
      }
    },
    failed: (error) => {
      throw error
    },
  })
  let claiming = Promise.resolve()
  const claim = () => {
    claiming = claiming.then(async () => {
      while ((await claims.claim({ queue: 'main', available: claim })) === 'claim.more');
    })
    return claiming
  }
  const end = async (delivery: Delivery) => {
    await store.settle([settlementOf(delivery.tasklet, { at: clock.now() })])
    grants.release(delivery)
    await claim()
  }
  const add = async (task: string, changes: Partial<Tasklet> = {}) => {
    const now = clock.now()
    const requires = registry.task('plan', task)?.requires ?? []
    const tasklet = newTasklet({ task, requires, createdAt: now, updatedAt: now, ...changes })
    await store.insert([tasklet])
    await claim()
    return tasklet.id
  }
  return { clock, store, claims, grants, shop, add, at }
}

const STATES = Array.from({ length: 8 }, (_, index) => `s${index}`)
const stateTasks = STATES.map((state) => makeTask({ name: state, requires: [state] }))

/** So many arrivals, one each `interval`; resolves when everything has been worked off. */
async function run(rules: Partial<Rules>, count: number, interval: number) {
  const made = await makeShop({ tasks: stateTasks, ...rules })
  const states = fc.sample(fc.constantFrom(...STATES), { numRuns: count, seed: 42 })
  for (const state of states) {
    await made.add(state)
    await made.clock.advance(interval)
  }
  for (let turn = 0; turn < 400 && made.shop.waits.size < count; turn += 1) {
    await made.clock.advance(500)
  }
  expect(made.shop.waits.size).toBe(count)
  return { moves: made.shop.moves, states, longest: Math.max(...made.shop.waits.values()) }
}

function movesInOrder(states: readonly string[]): number {
  return states.filter((state, index) => state !== (states[index - 1] ?? 's0')).length
}

describe('Work that needs a world in eight states', () => {
  it('moves it far less than in the order of arrival, and nobody waits beyond the bound', async () => {
    const { moves, states, longest } = await run({ maxAffinityWait: 5000 }, 300, 50)
    expect(moves).toBeLessThan(0.3 * movesInOrder(states))
    expect(longest).toBeLessThanOrEqual(5000)
  })

  it('keeps no state back for good when more comes in than can be done', async () => {
    const made = await makeShop({ tasks: stateTasks, maxAffinityWait: 1000, concurrency: 1 })
    const rare: string[] = []
    for (let index = 0; index < 2200; index += 1) {
      await made.add('s0')
      const state = index < 600 ? undefined : STATES[index - 599]
      if (state !== undefined) rare.push(await made.add(state))
      await made.clock.advance(WORK / 2)
    }
    // Each of the seven may have to wait for a whole turn of `s0`, of which far too much comes in.
    for (const id of rare)
      expect(made.shop.waits.get(id)).toBeLessThan(7 * (1000 + 2 * MOVE + WORK))
    expect(made.shop.waits.size).toBeLessThan(1900)
  })
})

describe('A task that needs many units', () => {
  const tasks = [
    makeTask({ name: 'small', resources: { gpu: 1 } }),
    makeTask({ name: 'large', resources: { gpu: 4 } }),
  ]

  /** Small ones keep coming, so that some unit is always taken. */
  async function passBy(reserveAfter: number) {
    const made = await makeShop({ tasks, resources: { gpu: 4 }, concurrency: 8, reserveAfter })
    await made.add('small')
    const large = await made.add('large')
    for (let index = 0; index < 400; index += 1) {
      await made.add('small')
      await made.clock.advance(WORK / 3)
    }
    return { ...made, large }
  }

  it('is served although small ones keep coming, and would starve if nothing were kept for it', async () => {
    const served = await passBy(500)
    expect(served.shop.waits.get(served.large)).toBeLessThan(1000)
    expect(served.grants.reservations).toEqual([])
    expect(served.shop.waits.size).toBeGreaterThan(380)
    const starved = await passBy(Number.POSITIVE_INFINITY)
    expect(starved.shop.waits.has(starved.large)).toBe(false)
  })

  it('gives up what is kept for it when it is gone', async () => {
    const made = await makeShop({
      tasks,
      resources: { gpu: 4 },
      concurrency: 8,
      reserveAfter: 500,
    })
    await made.add('small')
    const large = await made.add('large')
    made.clock.jump(600)
    const holder = new Delivery(newTasklet({ task: 'small' }), tasks[0])
    made.grants.request(holder)
    const small = await made.add('small')
    expect(made.grants.reservations).toMatchObject([{ id: large }])
    expect(made.shop.waits.has(small)).toBe(false)
    await made.store.cancel(large, { kind: 'cancelled', message: 'enough' }, made.clock.now())
    await made.clock.advance('1s')
    await allDone()
    expect(made.grants.reservations).toEqual([])
    expect(made.shop.waits.has(small)).toBe(true)
  })
})

it('what has a time limit for being granted is claimed to wait here, at most 100 of a task', async () => {
  const timed = makeTask({ name: 'timed', resources: { gpu: 1 }, acquireTimeout: 1000 })
  const made = await makeShop({ tasks: [timed], resources: { gpu: 1 }, concurrency: 1 })
  for (let index = 0; index < 105; index += 1) await made.add('timed')
  expect(made.grants.granted()).toHaveLength(1)
  expect(made.grants.waiters).toHaveLength(100)
})
