import { describe, expect, it } from 'vitest'
import type { TrailStep } from '../../../../src/core/tasklet.ts'
import { readTimeline } from '../../../../src/runtime/operations/timeline.ts'
import { settlementOf } from '../../../../src/testing/store-contract/records.ts'
import { add, end, makeScene, start } from './scene.ts'

async function makeTimeline() {
  const scene = await makeScene()
  const executing = new Map<string, number>()
  const services = { ...scene, executingSince: (id: string) => executing.get(id) }
  const read = (options?: Parameters<typeof readTimeline>[1]) => readTimeline(services, options)
  return { ...scene, executing, read }
}

function step(outcome: TrailStep['outcome'], duration: number): TrailStep {
  return { event: 'E', task: 't', from: 'a', to: 'b', cost: 1, duration, outcome }
}

describe('the timeline', () => {
  it('shows the stations of a settled tasklet and what its preparation did', async () => {
    const scene = await makeTimeline()
    const queuedAt = scene.clock.now()
    const { id } = await add(scene)
    await scene.clock.advance('1s')
    const started = await start(scene)
    await scene.clock.advance('10s')
    const settledAt = scene.clock.now()
    const trail = { from: 'a', target: 'b', steps: [step('failed', 2000), step('moved', 3000)] }
    await scene.store.settle([
      settlementOf(started, { at: settledAt, actualDuration: 4000, trail }),
    ])
    const { items, cursor } = await scene.read()
    expect(cursor).toBeUndefined()
    expect(items).toEqual([
      {
        id,
        task: 'plan/task',
        status: 'completed',
        queuedAt,
        startedAt: queuedAt + 1000,
        preparedAt: settledAt - 4000,
        settledAt,
        waited: 1000,
        ran: 10_000,
        attempts: 0,
        trail: { from: 'a', target: 'b', moved: 1, failed: 1, duration: 5000 },
      },
    ])
  })

  it('counts up to now for what waits or runs', async () => {
    const scene = await makeTimeline()
    const running = await add(scene)
    await start(scene)
    const waiting = await add(scene)
    await scene.clock.advance('3s')
    scene.executing.set(running.id, scene.clock.now() - 1000)
    const { items } = await scene.read()
    expect(items).toMatchObject([
      { id: waiting.id, waited: 3000, ran: undefined, startedAt: undefined, preparedAt: undefined },
      { id: running.id, waited: 0, ran: 3000, preparedAt: scene.clock.now() - 1000 },
    ])
  })

  it('of one tasklet is its entry, or none when there is no such tasklet', async () => {
    const scene = await makeTimeline()
    const { id } = await add(scene)
    await add(scene)
    expect((await scene.read({ id })).items).toMatchObject([{ id, status: 'pending' }])
    expect((await scene.read({ id: 'nobody' })).items).toEqual([])
  })

  it('is cut by plan, tag and time, and goes on where a page ended', async () => {
    const scene = await makeTimeline()
    await end(scene, 'completed', { tags: ['t'] })
    await scene.clock.advance('1h')
    const since = scene.clock.now()
    const second = await add(scene, { tags: ['t'] })
    const third = await add(scene, { tags: ['t'] })
    await add(scene)
    const first = await scene.read({ plan: 'plan', project: 't', since, limit: 1 })
    expect(first.items).toMatchObject([{ id: third.id }])
    const next = await scene.read({ tag: 't', plan: 'plan', since, limit: 1, cursor: first.cursor })
    expect(next.items).toMatchObject([{ id: second.id }])
    expect((await scene.read({ plan: 'other' })).items).toEqual([])
    await expect(scene.read({ tag: 'a', project: 'b' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })
})
