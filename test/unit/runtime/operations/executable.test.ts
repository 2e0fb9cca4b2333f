import { describe, expect, it } from 'vitest'
import { readExecutable } from '../../../../src/runtime/operations/executable.ts'
import { idsOf } from '../../../../src/testing/store-contract/records.ts'
import { add, makeScene } from './scene.ts'

async function makeExecutable() {
  const scene = await makeScene()
  const services = {
    ...scene,
    queueNames: ['main', 'event'],
    isExternal: (name: string) => name === 'plan/foreign',
    claimRequest: (queue: string) => ({
      ...scene.claimRequest(queue),
      knownPlans: ['plan', 'second'],
      skipTasks: ['plan/foreign', 'plan/waits'],
    }),
  }
  const read = async (options?: Parameters<typeof readExecutable>[1]) =>
    idsOf(await readExecutable(services, options))
  return { ...scene, read }
}

describe('what is executable', () => {
  it('comes from all queues by priority, then submission, and nothing is claimed', async () => {
    const scene = await makeExecutable()
    const a = await add(scene)
    const b = await add(scene, { queue: 'event' })
    const c = await add(scene)
    const first = await add(scene, { queue: 'event', priority: 1 })
    expect(await scene.read()).toEqual(idsOf([first, a, b, c]))
    expect(await scene.read({ limit: 2 })).toEqual(idsOf([first, a]))
    expect(await scene.read({ queue: 'main' })).toEqual(idsOf([a, c]))
    expect(await scene.store.counts()).toMatchObject({ pending: 4, running: 0 })
  })

  it('leaves out what waits for room here, but not what consumers pull', async () => {
    const scene = await makeExecutable()
    await add(scene, { task: 'waits' })
    const foreign = await add(scene, { task: 'foreign' })
    expect(await scene.read()).toEqual([foreign.id])
  })

  it('is cut by plan and task', async () => {
    const scene = await makeExecutable()
    const a = await add(scene)
    const b = await add(scene, { plan: 'second' })
    const c = await add(scene, { task: 'other' })
    expect(await scene.read({ plan: 'plan' })).toEqual(idsOf([a, c]))
    expect(await scene.read({ plan: 'second', task: 'task' })).toEqual([b.id])
    expect(await scene.read({ task: 'plan/other' })).toEqual([c.id])
    await expect(scene.read({ limit: 0 })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
