import { describe, expect, it } from 'vitest'
import { Queue } from '../../../../src/runtime/operations/queue.ts'
import { claimOf, idsOf } from '../../../../src/testing/store-contract/records.ts'
import { add, current, makeScene, start } from './scene.ts'

async function makeQueue() {
  const scene = await makeScene()
  const { store, clock, changes } = scene
  const queue = new Queue('main', {
    store,
    clock,
    ...changes,
    cancel: async (id, message) =>
      (await store.cancel(id, { kind: 'cancelled', message }, clock.now())).outcome,
  })
  return { ...scene, queue }
}

async function threeIn(scene: Awaited<ReturnType<typeof makeQueue>>) {
  const made = [await add(scene), await add(scene), await add(scene)]
  return idsOf(made) as [string, string, string]
}

describe('a queue', () => {
  it('hands out nothing while it is paused, and wakes its claimers when it is resumed', async () => {
    const scene = await makeQueue()
    const { queue, store, told } = scene
    await add(scene)
    await queue.pause()
    expect(await store.claim(claimOf())).toEqual([])
    expect(told.ready).toEqual([])
    await queue.resume()
    expect(told.ready).toEqual(['main'])
    expect(await store.claim(claimOf())).toHaveLength(1)
  })

  it('lists what waits in its order, page by page, with one version', async () => {
    const scene = await makeQueue()
    const [a, b, c] = await threeIn(scene)
    const first = await scene.queue.list({ limit: 2 })
    expect(idsOf(first.items)).toEqual([a, b])
    const second = await scene.queue.list({ limit: 2, cursor: first.cursor })
    expect(idsOf(second.items)).toEqual([c])
    expect(second.cursor).toBeUndefined()
    expect(second.version).toBe(first.version)
  })

  it('goes on after the last tasklet of a page although those before it have started', async () => {
    const scene = await makeQueue()
    const [a, b, c] = await threeIn(scene)
    const first = await scene.queue.list({ limit: 2 })
    expect((await start(scene)).id).toBe(a)
    expect(idsOf(first.items)).toEqual([a, b])
    const second = await scene.queue.list({ limit: 2, cursor: first.cursor })
    expect(idsOf(second.items)).toEqual([c])
    expect(second.version).not.toBe(first.version)
  })

  it.for([['nonsense'], ['1'], ['.x']])('refuses the cursor %s', async ([cursor]) => {
    const { queue } = await makeQueue()
    await expect(queue.list({ cursor })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('moves one tasklet and keeps the order of the others', async () => {
    const scene = await makeQueue()
    const [a, b, c] = await threeIn(scene)
    await scene.queue.moveToFront(c)
    expect(idsOf((await scene.queue.list()).items)).toEqual([c, a, b])
    await scene.queue.moveTo(c, 1)
    expect(idsOf((await scene.queue.list()).items)).toEqual([a, c, b])
  })

  it('takes a new order under the version that was read, and refuses a stale one', async () => {
    const scene = await makeQueue()
    const [a, b, c] = await threeIn(scene)
    const { version } = await scene.queue.list()
    await scene.queue.reorder([c, a, b], version)
    expect(idsOf((await scene.queue.list()).items)).toEqual([c, a, b])
    await expect(scene.queue.reorder([a, b, c], version)).rejects.toMatchObject({
      code: 'store_conflict',
    })
    expect(idsOf((await scene.queue.list()).items)).toEqual([c, a, b])
  })

  it('changes a priority by number or name', async () => {
    const scene = await makeQueue()
    const [a, b, c] = await threeIn(scene)
    await scene.queue.setPriority(b, 'high')
    await scene.queue.setPriority(a, 900)
    expect(idsOf((await scene.queue.list()).items)).toEqual([b, c, a])
    await expect(scene.queue.setPriority(b, 1001)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('removes a waiting tasklet by cancelling it', async () => {
    const scene = await makeQueue()
    const { id } = await add(scene, { status: 'scheduled', notBefore: scene.clock.now() + 1 })
    await scene.queue.remove(id)
    expect(await current(scene.store, id)).toMatchObject({
      status: 'cancelled',
      error: { message: 'removed from queue "main"' },
    })
  })

  it('clears everything that waits, and tells who ended by that', async () => {
    const scene = await makeQueue()
    const running = await add(scene)
    await start(scene)
    const waiting = await threeIn(scene)
    const elsewhere = await add(scene, { queue: 'other' })
    expect(await scene.queue.clear()).toBe(3)
    expect(idsOf(scene.told.changed).sort()).toEqual([...waiting].sort())
    expect((await current(scene.store, running.id)).status).toBe('running')
    expect((await current(scene.store, elsewhere.id)).status).toBe('pending')
  })

  it('refuses ids that are unknown, elsewhere or running, and changes nothing', async () => {
    const scene = await makeQueue()
    const { queue } = scene
    const running = await add(scene)
    await start(scene)
    const [a, b, c] = await threeIn(scene)
    const elsewhere = await add(scene, { queue: 'other' })
    for (const id of ['nobody', elsewhere.id, running.id]) {
      const refusals = [
        queue.moveToFront(id),
        queue.moveTo(id, 2),
        queue.remove(id),
        queue.setPriority(id, 1),
      ]
      for (const refusal of refusals) {
        await expect(refusal).rejects.toMatchObject({ code: 'invalid_input' })
      }
    }
    await expect(queue.moveTo(a, -1)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(idsOf((await queue.list()).items)).toEqual([a, b, c])
    expect(await current(scene.store, elsewhere.id)).toEqual(elsewhere)
  })
})
