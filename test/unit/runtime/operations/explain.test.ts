import { describe, expect, it } from 'vitest'
import type { Phase } from '../../../../src/core/status.ts'
import type { Task } from '../../../../src/plan/model.ts'
import type { ClaimRequest } from '../../../../src/ports/store-messages.ts'
import { Delivery } from '../../../../src/runtime/deliveries/delivery.ts'
import { Explainer } from '../../../../src/runtime/operations/explain.ts'
import type { Reason } from '../../../../src/runtime/operations/reason.ts'
import { settlementOf } from '../../../../src/testing/store-contract/records.ts'
import { add, ERROR, end, makeScene, registryOf, start } from './scene.ts'

interface Circumstances {
  readonly tasks?: Readonly<Record<string, Partial<Task>>>
  readonly limits?: Partial<ClaimRequest>
  readonly refused?: readonly Reason[]
  readonly phase?: Phase
  readonly isLeftForOthers?: boolean
}

async function makeExplainer(given: Circumstances = {}) {
  const scene = await makeScene()
  const asked: Delivery[] = []
  const live = new Map<string, Delivery>()
  const explainer = new Explainer({
    ...scene,
    registry: registryOf(given.tasks ?? { task: {} }),
    grants: {
      explain: (delivery) => {
        asked.push(delivery)
        return given.refused ?? []
      },
    },
    hasQueue: (name) => name === 'main',
    isLeftForOthers: async () => given.isLeftForOthers ?? false,
    claimRequest: (queue) => ({ ...scene.claimRequest(queue), ...given.limits }),
    delivery: (id) => live.get(id),
    phaseOf: (id) => (live.has(id) ? given.phase : undefined),
  })
  return { ...scene, explainer, asked, live }
}

describe('the explanation of a tasklet', () => {
  it('that could be started has no reasons', async () => {
    const scene = await makeExplainer()
    const { id } = await add(scene)
    expect(await scene.explainer.explain(id)).toEqual({
      runnable: true,
      reasons: [],
      waits: [],
    })
  })

  it('that nobody knows is refused', async () => {
    const { explainer } = await makeExplainer()
    await expect(explainer.explain('nobody')).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('names the paused queue', async () => {
    const scene = await makeExplainer()
    const { id } = await add(scene)
    await scene.store.setPaused('main', true)
    expect(await scene.explainer.explain(id)).toMatchObject({
      runnable: false,
      reasons: [{ code: 'queue-paused' }],
    })
  })

  it('says until when it is scheduled', async () => {
    const scene = await makeExplainer()
    const notBefore = scene.clock.now() + 5000
    const { id } = await add(scene, { status: 'scheduled', notBefore })
    expect(await scene.explainer.explain(id)).toMatchObject({
      runnable: false,
      reasons: [{ code: 'scheduled', until: notBefore }],
    })
  })

  it('says what failed, and until when it waits to try again', async () => {
    const scene = await makeExplainer()
    await add(scene)
    const started = await start(scene)
    const notBefore = scene.clock.now() + 5000
    await scene.store.settle([
      settlementOf(started, { status: 'retrying', attempts: 1, error: ERROR, notBefore }),
    ])
    const { reasons } = await scene.explainer.explain(started.id)
    expect(reasons).toMatchObject([{ code: 'retrying', until: notBefore }])
    expect(reasons[0]?.message).toContain('1 of 3 attempts failed: it broke')
  })

  it('names every dependency that is not settled, with its status', async () => {
    const scene = await makeExplainer()
    const done = await end(scene, 'completed')
    const waiting = await add(scene)
    const notBefore = scene.clock.now() + 5000
    const later = await add(scene, { status: 'scheduled', notBefore })
    const dependencies = [done, waiting, later].map(({ id }) => ({ key: id, id }))
    const { id } = await add(scene, { status: 'blocked', dependencies })
    const { runnable, reasons } = await scene.explainer.explain(id)
    expect(runnable).toBe(false)
    expect(reasons).toMatchObject([
      { code: 'dependency', holder: waiting.id, message: expect.stringContaining('is pending') },
      { code: 'dependency', holder: later.id, until: notBefore },
    ])
  })

  it('passes on what the grants refuse, asked with the same task that runs', async () => {
    const refused: Reason[] = [{ code: 'resource', message: 'gpu is held', holder: 'y', until: 9 }]
    const scene = await makeExplainer({ refused, tasks: { task: { resources: { gpu: 1 } } } })
    const { id } = await add(scene)
    expect(await scene.explainer.explain(id)).toMatchObject({
      runnable: false,
      reasons: refused,
    })
    expect(scene.asked[0]?.task?.resources).toEqual({ gpu: 1 })
  })

  it('says that others have their turn at the world', async () => {
    const scene = await makeExplainer({ isLeftForOthers: true })
    const { id } = await add(scene)
    expect(await scene.explainer.explain(id)).toMatchObject({
      runnable: false,
      reasons: [{ code: 'affinity' }],
    })
  })

  it('follows who waits for whom, from dependencies to holders', async () => {
    const scene = await makeExplainer()
    const [far, near] = [await add(scene), await add(scene)]
    const middle = await add(scene, {
      status: 'blocked',
      dependencies: [{ key: 'a', id: near.id }],
    })
    const dependencies = [middle, far].map(({ id }) => ({ key: id, id }))
    const { id } = await add(scene, { status: 'blocked', dependencies })
    const { waits } = await scene.explainer.explain(id)
    expect(waits).toEqual([
      { from: id, to: middle.id, because: 'dependency' },
      { from: id, to: far.id, because: 'dependency' },
      { from: middle.id, to: near.id, because: 'dependency' },
    ])
  })

  it('names the members of its group that take up its limit', async () => {
    const limits = { groupLimits: { 'plan/task': 2 } }
    const scene = await makeExplainer({ limits })
    const holders: string[] = []
    for (let index = 0; index < 2; index += 1) {
      holders.push((await add(scene, { group: 'g' })).id)
      await start(scene)
    }
    const waiting = await add(scene, { group: 'g' })
    const free = await add(scene, { group: 'h' })
    const { reasons } = await scene.explainer.explain(waiting.id)
    expect(reasons).toMatchObject([{ code: 'group-limit' }])
    expect(reasons[0]?.message).toContain('2 of 2')
    for (const holder of holders) expect(reasons[0]?.message).toContain(holder)
    expect((await scene.explainer.explain(free.id)).runnable).toBe(true)
  })

  it('says when the rate limit opens', async () => {
    const limit = { key: 'k', tasks: ['plan/task'], perGroup: false, count: 1, per: 60_000 }
    const limits = { rateLimits: [limit] }
    const scene = await makeExplainer({ limits, tasks: { task: {}, other: {} } })
    await add(scene)
    await start(scene, limits)
    const waiting = await add(scene)
    const other = await add(scene, { task: 'other' })
    expect(await scene.explainer.explain(waiting.id)).toMatchObject({
      runnable: false,
      reasons: [{ code: 'rate-limit', until: scene.clock.now() + 60_000 }],
    })
    expect((await scene.explainer.explain(other.id)).runnable).toBe(true)
    await scene.clock.advance('61s')
    expect((await scene.explainer.explain(waiting.id)).runnable).toBe(true)
  })

  it.for([
    [{ plan: 'elsewhere' }, 'unknown-plan'],
    [{ task: 'gone' }, 'unknown-task'],
    [{ queue: 'other' }, 'unknown-queue'],
    [{ task: 'foreign' }, 'external'],
  ] as const)('of %o says %s', async ([changes, code]) => {
    const scene = await makeExplainer({ tasks: { task: {}, foreign: { external: true } } })
    const { id } = await add(scene, changes)
    expect(await scene.explainer.explain(id)).toMatchObject({
      runnable: false,
      reasons: [{ code }],
    })
  })

  it('says that it waits for another that is on its last delivery', async () => {
    const scene = await makeExplainer({ limits: { lastDelivery: 2 } })
    const [first, second] = [await add(scene), await add(scene)]
    const rescue = { now: scene.clock.now(), deadOwners: ['owner'], maxDeliveries: 3 }
    for (let time = 0; time < 2; time += 1) {
      await start(scene, { limit: 2 })
      await scene.store.rescue(rescue)
    }
    const runnable = { runnable: true, reasons: [], waits: [] }
    expect(await scene.explainer.explain(first.id)).toEqual(runnable)
    const held = { runnable: false, reasons: [{ code: 'last-delivery' }] }
    expect(await scene.explainer.explain(second.id)).toMatchObject(held)
    await scene.store.settle([settlementOf(await start(scene, { lastDelivery: 2 }))])
    expect(await scene.explainer.explain(second.id)).toEqual(runnable)
  })

  it('does not ask for grants in a queue that this process does not serve', async () => {
    const scene = await makeExplainer({ refused: [{ code: 'no-room', message: 'no slots' }] })
    const { id } = await add(scene, { queue: 'other' })
    const { reasons } = await scene.explainer.explain(id)
    expect(reasons.map(({ code }) => code)).toEqual(['unknown-queue'])
  })

  it('says that it was not started in time', async () => {
    const scene = await makeExplainer()
    const { id } = await add(scene, { expiresAt: scene.clock.now() + 1000 })
    await scene.clock.advance('2s')
    const { runnable, reasons } = await scene.explainer.explain(id)
    expect(runnable).toBe(false)
    expect(reasons.map(({ code }) => code)).toEqual(['expired'])
  })

  it('says who runs it, since when, in which phase, and that it was asked to stop', async () => {
    const refused: Reason[] = [{ code: 'state', message: 'the world is hot', holder: 'z' }]
    const scene = await makeExplainer({ refused, phase: 'acquiring' })
    await add(scene)
    const started = await start(scene)
    const there = await scene.explainer.explain(started.id)
    expect(there.reasons).toMatchObject([{ code: 'running', holder: 'owner' }])
    expect(there.reasons[0]?.until).toBe(started.lease?.until)
    scene.live.set(started.id, new Delivery(started, undefined))
    await scene.store.cancel(started.id, { kind: 'cancelled', message: 'enough' }, 0)
    const here = await scene.explainer.explain(started.id)
    expect(here.runnable).toBe(false)
    expect(here.reasons.map(({ code }) => code)).toEqual(['running', 'cancel-requested', 'state'])
    expect(here.reasons[0]?.message).toContain('(acquiring)')
    expect(here.reasons[1]?.message).toContain('enough')
  })

  it.for([
    ['completed', 'completed'],
    ['failed', 'failed (error: it broke)'],
  ] as const)('of one that has %s says so', async ([status, words]) => {
    const scene = await makeExplainer()
    const { id } = await end(scene, status)
    const { runnable, reasons } = await scene.explainer.explain(id)
    expect(runnable).toBe(false)
    expect(reasons).toEqual([{ code: 'settled', message: `it has ${words}` }])
  })
})
