import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { type GrantLimits, Grants } from '../../../../src/runtime/grants/grants.ts'
import { NOW } from '../../../../src/testing/store-contract/records.ts'
import { makeDelivery, makeTask } from '../../../support/deliveries.ts'

const SLOTS: Record<string, number> = { main: 3, event: 1 }
const CAPACITY: Record<string, number> = { gpu: 1, vram: 8 }

const limits: GrantLimits = {
  slots: (queue) => SLOTS[queue] ?? 0,
  pool: (_, resource) => ({ key: resource, capacity: CAPACITY[resource] ?? 0 }),
  transitionUnits: () => ({}),
  hasExclusive: () => false,
  now: () => NOW,
  believed: () => undefined,
  maxAffinityWait: 30_000,
}

function makeGrants(given: Partial<GrantLimits> = {}) {
  const served: Delivery[] = []
  const grants = new Grants({ ...limits, ...given }, (delivery) => served.push(delivery))
  return { grants, served }
}

const using = (resources: Record<string, number>, tasklet = {}) =>
  makeDelivery(tasklet, { resources })

describe('Grants', () => {
  it('grants at once while there is room', () => {
    const { grants, served } = makeGrants()
    const delivery = makeDelivery()
    expect(grants.request(delivery)).toBe(true)
    expect(delivery.granted).toBe(true)
    expect(grants.room('main')).toBe(2)
    expect(served).toEqual([])
  })

  it('gives a waiter nothing of what it asked for, so others can have it', () => {
    const { grants } = makeGrants()
    grants.request(using({ gpu: 1 }))
    const waiter = using({ gpu: 1, vram: 8 })
    expect(grants.request(waiter)).toBe(false)
    expect(waiter.granted).toBe(false)
    expect(grants.room('main')).toBe(2)
    expect(grants.request(using({ vram: 8 }))).toBe(true)
  })

  it('serves waiters by priority, then by age', () => {
    const { grants, served } = makeGrants()
    const holder = using({ gpu: 1 })
    grants.request(holder)
    const waiters = [
      using({ gpu: 1 }, { priority: 500, sequence: 3 }),
      using({ gpu: 1 }, { priority: 500, sequence: 2 }),
      using({ gpu: 1 }, { priority: 100, sequence: 9 }),
    ]
    for (const waiter of waiters) grants.request(waiter)
    for (let next: Delivery | undefined = holder; next !== undefined; next = served.at(-1)) {
      if (!next.granted) break
      grants.release(next)
    }
    expect(served).toEqual([waiters[2], waiters[1], waiters[0]])
  })

  it('looks past a waiter that cannot be served yet', () => {
    const { grants, served } = makeGrants()
    const [wide, gpu] = [using({ vram: 7 }), using({ gpu: 1 })]
    for (const delivery of [wide, gpu]) grants.request(delivery)
    const large = using({ vram: 8 }, { priority: 0 })
    const small = using({ gpu: 1 }, { priority: 900 })
    for (const delivery of [large, small]) grants.request(delivery)
    grants.release(gpu)
    expect(served).toEqual([small])
  })

  it('releases once, however often it is told', () => {
    const { grants } = makeGrants()
    const delivery = using({ vram: 4 })
    grants.request(delivery)
    grants.release(delivery)
    grants.release(delivery)
    expect(grants.room('main')).toBe(3)
    expect(grants.request(using({ vram: 8 }))).toBe(true)
    expect(grants.request(using({ vram: 1 }))).toBe(false)
  })

  it('forgets a waiter that is released', () => {
    const { grants, served } = makeGrants()
    const [holder, waiter] = [using({ gpu: 1 }), using({ gpu: 1 })]
    for (const delivery of [holder, waiter]) grants.request(delivery)
    expect([...grants.waitingTasks('main').keys()]).toEqual(['plan/task'])
    grants.release(waiter)
    grants.release(holder)
    expect(served).toEqual([])
    expect(grants.waitingTasks('main').size).toBe(0)
  })

  it('names the tasks of which one waits, each once and for its own queue', () => {
    const { grants } = makeGrants()
    for (let n = 0; n < 5; n += 1) grants.request(makeDelivery({ task: n === 4 ? 'b' : 'a' }))
    grants.request(makeDelivery({ task: 'a' }))
    for (let n = 0; n < 2; n += 1) grants.request(makeDelivery({ task: 'c', queue: 'event' }))
    expect([...grants.waitingTasks('main').keys()].toSorted()).toEqual(['plan/a', 'plan/b'])
    expect([...grants.waitingTasks('event').keys()]).toEqual(['plan/c'])
  })

  it('counts what plans share in one pool, and what is their own apart', () => {
    const { grants } = makeGrants({
      pool: (plan, resource) => ({
        key: resource === 'gpu' ? resource : `${plan}/${resource}`,
        capacity: 1,
      }),
    })
    expect(grants.request(using({ gpu: 1, door: 1 }, { plan: 'a' }))).toBe(true)
    expect(grants.request(using({ gpu: 1 }, { plan: 'b' }))).toBe(false)
    expect(grants.request(using({ door: 1 }, { plan: 'b' }))).toBe(true)
  })

  it('serves those who wait for a state as soon as the state is shared', () => {
    const { grants, served } = makeGrants()
    const [first, same, other] = ['hot', 'hot', 'cold'].map((state) =>
      makeDelivery({ requires: [state] }),
    ) as [Delivery, Delivery, Delivery]
    expect(grants.request(first)).toBe(true)
    expect([same, other].map((delivery) => grants.request(delivery))).toEqual([false, false])
    grants.share(first, ['hot'])
    expect(served).toEqual([same])
    expect(grants.shared(same)).toEqual(['hot'])
    grants.release(first)
    expect(served).toEqual([same])
    grants.release(same)
    expect(served).toEqual([same, other])
  })
})

describe('Grants of those who move the world', () => {
  const moving = { transitionUnits: () => ({ gpu: 1 }) }
  const firing = (resources: Record<string, number> = {}) =>
    makeDelivery({ requires: ['hot'] }, { resources })

  it('hold what transition tasks need until the state is verified, and others of theirs join', () => {
    const { grants } = makeGrants(moving)
    const [first, second] = [firing(), firing()]
    expect(grants.request(first)).toBe(true)
    const painter = using({ gpu: 1 })
    expect(grants.request(painter)).toBe(false)
    grants.share(first, ['hot'])
    expect(painter.granted).toBe(true)
    expect(grants.request(second)).toBe(true)
  })

  it('wait for what transition tasks need', () => {
    const { grants, served } = makeGrants(moving)
    const painter = using({ gpu: 1 })
    grants.request(painter)
    const first = firing()
    expect(grants.request(first)).toBe(false)
    grants.release(painter)
    expect(served).toEqual([first])
  })

  it('ask for the larger of their own need and that of transition tasks', () => {
    const { grants } = makeGrants(moving)
    const first = firing({ gpu: 1, vram: 5 })
    expect(grants.request(first)).toBe(true)
    grants.share(first, ['hot'])
    expect(grants.request(using({ gpu: 1 }))).toBe(false)
    grants.release(first)
    expect(grants.request(using({ vram: 8 }))).toBe(true)
  })
})

describe('Grants.allowance', () => {
  it('says how many could be granted now', () => {
    const { grants } = makeGrants()
    const task = makeTask({ resources: { vram: 3 } })
    expect(grants.allowance(task)).toBe(2)
    grants.request(using({ vram: 4 }))
    expect(grants.allowance(task)).toBe(1)
    grants.request(using({ vram: 2 }))
    expect(grants.allowance(task)).toBe(0)
  })

  it('lets one prepare a world, and after that as many as are content with the state', () => {
    const { grants } = makeGrants()
    const [hot, cold] = [makeTask({ requires: ['hot'] }), makeTask({ requires: ['cold'] })]
    const first = makeDelivery({ requires: ['hot'] })
    expect(grants.allowance(hot)).toBe(1)
    grants.request(first)
    expect(grants.allowance(hot)).toBe(0)
    grants.share(first, ['hot'])
    expect(grants.allowance(hot)).toBe(Number.POSITIVE_INFINITY)
    expect(grants.allowance(cold)).toBe(0)
  })
})
