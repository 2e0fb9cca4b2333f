import { describe, expect, it, onTestFinished } from 'vitest'
import type { Tasklet } from '../../../../src/core/tasklet.ts'
import type { Plan } from '../../../../src/plan/model.ts'
import type { Store } from '../../../../src/ports/store.ts'
import type { ClaimRequest } from '../../../../src/ports/store-messages.ts'
import { Claims } from '../../../../src/runtime/claims/claims.ts'
import { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { Grants } from '../../../../src/runtime/grants/grants.ts'
import { toQueues } from '../../../../src/runtime/options/queue-options.ts'
import { Registry } from '../../../../src/runtime/plans/registry.ts'
import { newTasklet } from '../../../../src/testing/store-contract/records.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { planOf } from '../../../support/runtimes.ts'

const AGEING = { every: '1m', step: 50, floor: 200 } as const

/** Claims against a store that only notes what it is asked and gives what the test put there. */
function makeClaims(plan: Plan) {
  const clock = new ManualClock()
  const queues = toQueues(4, { slow: { concurrency: 1, ageing: AGEING } })
  const registry = new Registry([plan], {})
  const grants = new Grants(
    {
      slots: (queue) => queues.get(queue)?.concurrency ?? 0,
      pool: (name, resource) => registry.pool(name, resource),
      transitionUnits: (name) => registry.transitionUnits(name),
      hasExclusive: (name) => registry.rules.exclusivePlans.has(name),
      now: () => clock.now(),
      believed: () => undefined,
      maxAffinityWait: 30_000,
    },
    () => {},
  )
  const asked: ClaimRequest[] = []
  const given: Tasklet[][] = []
  const openings: (number | undefined)[] = []
  const store = {
    claim: async (request: ClaimRequest) => {
      asked.push(request)
      return given.shift() ?? []
    },
    nextStart: async () => openings.shift(),
  } as Partial<Store> as Store
  const claimed: Tasklet[] = []
  const claims = new Claims({
    store,
    clock,
    owner: 'us',
    lease: 30_000,
    lastDelivery: 2,
    reserveAfter: 5000,
    grants,
    registry,
    queues,
    claimed: (_, tasklets) => claimed.push(...tasklets),
    failed: (error) => {
      throw error
    },
  })
  onTestFinished(() => claims.stop())
  const woken: string[] = []
  const claimant = (queue: string) => ({ queue, available: () => woken.push(queue) })
  const deliver = (task: string) => {
    const found = registry.task(plan.name, task)
    const tasklet = newTasklet({ plan: plan.name, task, requires: found?.requires ?? [] })
    return new Delivery(tasklet, found)
  }
  return { claims, grants, clock, asked, given, openings, claimed, woken, claimant, deliver }
}

const work = () => 1

describe('Claims', () => {
  it('asks for no more than the queue has slots left, and for each queue apart', async () => {
    const made = makeClaims(planOf({ a: work }))
    made.grants.request(made.deliver('a'))
    await made.claims.claim(made.claimant('main'))
    await made.claims.claim(made.claimant('slow'))
    expect(made.asked).toMatchObject([
      { queue: 'main', limit: 3, ageing: undefined, lastDelivery: 2 },
      { queue: 'slow', limit: 1, ageing: { every: 60_000, step: 50, floor: 200 } },
    ])
  })

  it('never asks for what only others do', async () => {
    const made = makeClaims(planOf({ a: work, scan: { external: true } }))
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[0]?.skipTasks).toEqual(['plan/scan'])
  })

  it('hands the limits of groups, tasks and resources to the store', async () => {
    const call = {
      resources: ['line'],
      limit: { count: 2, per: '1m', by: 'group' },
      groupConcurrency: 3,
      run: work,
    }
    const resources = { line: { capacity: 9, limit: { count: 10, per: '1s' } } }
    const made = makeClaims(planOf({ call, plain: work }, { resources, name: 'calls' }))
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[0]).toMatchObject({
      groupLimits: { 'calls/call': 3 },
      rateLimits: [
        { key: 'task:calls/call', tasks: ['calls/call'], count: 2, per: 60_000, perGroup: true },
        { key: 'resource:calls/line', tasks: ['calls/call'], count: 10, per: 1000 },
      ],
    })
  })

  it('looks past tasks whose resources are taken, and asks again when they are freed', async () => {
    const made = makeClaims(
      planOf({ paint: { resources: ['door'], run: work }, a: work }, { resources: { door: 1 } }),
    )
    const holder = made.deliver('paint')
    made.grants.request(holder)
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[0]?.skipTasks).toEqual(['plan/paint'])
    made.grants.release(holder)
    await allDone()
    expect(made.woken).toEqual(['main'])
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[1]).toMatchObject({ skipTasks: [], taskLimits: { 'plan/paint': 1 } })
  })

  it('asks for as many of a task as its resources could serve', async () => {
    const made = makeClaims(
      planOf({ load: { resources: { vram: 3 }, run: work } }, { resources: { vram: 8 } }),
    )
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[0]?.taskLimits).toEqual({ 'plan/load': 2 })
  })

  it('asks for one of those that need the same state until the state is verified', async () => {
    const kiln = makeKiln({ fire: { requires: 'hot', run: work } })
    const made = makeClaims(kiln.plan)
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[0]?.taskLimits).toEqual({ 'kiln/fire': 1 })
    const first = made.deliver('fire')
    made.grants.request(first)
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[1]?.skipTasks).toEqual(['kiln/fire'])
    made.grants.share(first, ['hot'])
    await allDone()
    expect(made.woken).toEqual(['main'])
    await made.claims.claim(made.claimant('main'))
    expect(made.asked[2]).toMatchObject({ skipTasks: [], taskLimits: undefined })
  })

  it('is not woken by what concerned nothing that it looked past', async () => {
    const made = makeClaims(
      planOf({ a: { resources: ['door'], run: work }, b: work }, { resources: { door: 1 } }),
    )
    const first = made.deliver('b')
    made.grants.request(first)
    made.grants.release(first)
    await allDone()
    expect(made.woken).toEqual([])
  })

  it('sleeps until a rate limit lets something start, with one timer for each queue', async () => {
    const made = makeClaims(planOf({ call: { limit: { count: 1, per: '1s' }, run: work } }))
    const { clock, openings, woken, claimant, claims } = made
    openings.push(clock.now() + 700, clock.now() + 600)
    await claims.claim(claimant('main'))
    await claims.claim(claimant('main'))
    expect(clock.pending).toBe(1)
    await clock.advance(599)
    expect(woken).toEqual([])
    await clock.advance(1)
    expect(woken).toEqual(['main'])
    expect(clock.pending).toBe(0)
  })

  it('forgets the time at which a rate limit would open once nothing is held back', async () => {
    const made = makeClaims(planOf({ call: { limit: { count: 1, per: '1s' }, run: work } }))
    made.openings.push(made.clock.now() + 700, undefined)
    await made.claims.claim(made.claimant('main'))
    await made.claims.claim(made.claimant('main'))
    expect(made.clock.pending).toBe(0)
  })

  it('leaves no timer behind when it is stopped', async () => {
    const made = makeClaims(planOf({ call: { limit: { count: 1, per: '1s' }, run: work } }))
    made.openings.push(made.clock.now() + 700)
    await made.claims.claim(made.claimant('main'))
    made.claims.scheduleRetry(() => made.woken.push('retry'))
    await made.claims.stop()
    expect(made.clock.pending).toBe(0)
    made.claims.scheduleRetry(() => made.woken.push('retry'))
    expect(made.clock.pending).toBe(0)
  })

  it('says what the queue should do next', async () => {
    const made = makeClaims(planOf({ a: work }))
    const [one, two, three, four] = [1, 2, 3, 4].map(() => newTasklet()) as [
      Tasklet,
      Tasklet,
      Tasklet,
      Tasklet,
    ]
    made.given.push([one, two], [one, two, three, four])
    expect(await made.claims.claim(made.claimant('main'))).toBe('claim.exhausted')
    expect(made.claimed).toEqual([one, two])
    expect(await made.claims.claim(made.claimant('main'))).toBe('claim.more')
    for (let n = 0; n < 4; n += 1) made.grants.request(made.deliver('a'))
    expect(await made.claims.claim(made.claimant('main'))).toBe('claim.full')
  })
})
