import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Task } from '../../../../src/plan/model.ts'
import type { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { Grants } from '../../../../src/runtime/grants/grants.ts'
import { NOW } from '../../../../src/testing/store-contract/records.ts'
import { makeDelivery, makeTask } from '../../../support/deliveries.ts'

const CAPACITY: Record<string, number> = { a: 2, b: 3 }

function makeGrants() {
  const served: Delivery[] = []
  const grants = new Grants(
    {
      slots: () => 1000,
      pool: (_, resource) => ({ key: resource, capacity: CAPACITY[resource] ?? 0 }),
      transitionUnits: () => ({}),
      hasExclusive: (plan) => plan === 'plan',
      now: () => NOW,
      believed: () => undefined,
      maxAffinityWait: 30_000,
    },
    (delivery) => served.push(delivery),
  )
  return { grants, served }
}

describe('One that runs alone', () => {
  it('waits for all of its plan, and all of its plan for it', () => {
    const { grants, served } = makeGrants()
    const [before, alone, after] = [{}, { exclusive: true }, {}].map((task) =>
      makeDelivery({}, task),
    ) as [Delivery, Delivery, Delivery]
    expect(grants.request(before)).toBe(true)
    expect(grants.request(alone)).toBe(false)
    expect(grants.explain(alone)).toMatchObject([{ code: 'exclusive', holder: before.tasklet.id }])
    grants.release(before)
    expect(served).toEqual([alone])
    expect(grants.request(after)).toBe(false)
    expect(grants.explain(after)).toMatchObject([{ code: 'exclusive', holder: alone.tasklet.id }])
    expect(grants.request(makeDelivery({ plan: 'other' }))).toBe(true)
    expect(grants.allowance(makeTask())).toBe(0)
  })
})

it('a task runs at most as often at once as it says', () => {
  const { grants } = makeGrants()
  const task = { maxInstances: 2 }
  expect(grants.allowance(makeTask(task))).toBe(2)
  const [first, , third] = [0, 1, 2].map(() => {
    const delivery = makeDelivery({}, task)
    grants.request(delivery)
    return delivery
  })
  expect(third?.granted).toBe(false)
  expect(grants.explain(third as Delivery)).toMatchObject([
    { code: 'max-instances', holder: first?.tasklet.id },
  ])
  expect(grants.request(makeDelivery({ task: 'other' }, { name: 'other' }))).toBe(true)
})

describe('One that changes the world', () => {
  it('has it alone, also after preparing it', () => {
    const { grants, served } = makeGrants()
    const changing = makeDelivery({ requires: ['hot'] }, { leaves: 'cold' })
    const resting = makeDelivery({ requires: ['hot'] })
    expect(grants.request(changing)).toBe(true)
    grants.share(changing, ['hot'])
    expect(grants.request(resting)).toBe(false)
    grants.release(changing)
    expect(served).toEqual([resting])
    grants.share(resting, ['hot'])
    const disturbing = makeDelivery({}, { disturbs: true })
    expect(grants.request(disturbing)).toBe(false)
    expect(grants.explain(disturbing)[0]).toMatchObject({ code: 'state' })
    grants.release(resting)
    expect(served.at(-1)).toBe(disturbing)
  })
})

describe('A closed scope', () => {
  it('lets in only what it admits, tells when it is quiet, and opens for those who waited', () => {
    const { grants, served } = makeGrants()
    const quiet: string[] = []
    grants.onQuiet((id) => quiet.push(id))
    const [victim, handler, late] = [makeDelivery(), makeDelivery(), makeDelivery()]
    grants.request(victim)
    const admits = ({ id }: { id: string }) => id === handler.tasklet.id
    grants.closeScope({ id: 'i', plan: 'plan', admits })
    expect(grants.request(late)).toBe(false)
    expect(grants.explain(late)).toMatchObject([{ code: 'interrupt' }])
    expect(grants.request(handler)).toBe(true)
    expect(grants.request(makeDelivery({ plan: 'other' }))).toBe(true)
    expect(grants.granted('plan')).toEqual([victim, handler])
    expect(quiet).toEqual([])
    grants.release(victim)
    expect(quiet).toEqual(['i'])
    grants.openScope('i')
    expect(served).toEqual([late])
  })
})

describe('Units that are kept', () => {
  it('are given to no other task until theirs has been granted', () => {
    const { grants } = makeGrants()
    const small = () => makeDelivery({ task: 'small' }, { name: 'small', resources: { b: 1 } })
    const holder = small()
    grants.request(holder)
    const large = makeTask({ name: 'large', resources: { b: 3 } })
    const { tasklet } = makeDelivery({ task: 'large' })
    const { id, queue, priority, sequence } = tasklet
    expect(grants.reserve(large, { task: 'plan/large', id, queue, priority, sequence })).toBe(true)
    const next = small()
    expect(grants.request(next)).toBe(false)
    expect(grants.explain(next)).toMatchObject([{ code: 'reserved', holder: id }])
    grants.release(holder)
    expect(next.granted).toBe(false)
    const granted = makeDelivery({ ...tasklet }, large)
    expect(grants.request(granted)).toBe(true)
    grants.release(granted)
    expect(next.granted).toBe(true)
    expect(grants.reservations).toEqual([])
  })
})

describe('Requests in any order', () => {
  const wanted = fc.record<Partial<Task>>({
    exclusive: fc.boolean(),
    maxInstances: fc.constantFrom(undefined, 1, 2),
    disturbs: fc.boolean(),
    resources: fc.constantFrom({ a: 1, b: 1 }, { b: 1, a: 1 }, { a: 2 }, { b: 3, a: 1 }, {}),
  })
  const requests = fc.array(fc.tuple(wanted, fc.constantFrom([], ['hot'], ['cold'])))

  it('are all granted in the end, within capacity, and leave nothing behind', () => {
    fc.assert(
      fc.property(requests, (requests) => {
        const { grants, served } = makeGrants()
        const all = requests.map(([task, requires], sequence) => {
          const name = `t${task.maxInstances}`
          return makeDelivery({ task: name, requires, sequence }, { ...task, name })
        })
        const running = all.filter((delivery) => grants.request(delivery))
        const done = new Set<Delivery>()
        for (let next = running.shift(); next !== undefined; next = running.shift()) {
          const holders = grants.granted()
          for (const [name, capacity] of Object.entries(CAPACITY)) {
            const held = holders.map(({ task }) => task?.resources[name] ?? 0)
            expect(held.reduce((sum, units) => sum + units, 0)).toBeLessThanOrEqual(capacity)
          }
          if (holders.some(({ task }) => task?.exclusive)) expect(holders).toHaveLength(1)
          grants.share(next, next.tasklet.requires)
          grants.release(next)
          done.add(next)
          running.push(...served.splice(0))
        }
        expect(done.size).toBe(all.length)
        expect(grants.granted()).toEqual([])
        expect(grants.waiters).toEqual([])
        expect(grants.allowance(makeTask({ exclusive: true, resources: { a: 2, b: 3 } }))).toBe(1)
      }),
    )
  })
})
