import { describe, expect, it } from 'vitest'
import { DeadLetters } from '../../../../src/runtime/operations/dead-letters.ts'
import { idsOf, newTasklet, settlementOf } from '../../../../src/testing/store-contract/records.ts'
import { add, current, ERROR, end, makeScene, start } from './scene.ts'

async function makeDeadLetters() {
  const scene = await makeScene()
  const { store, clock } = scene
  let made = 0
  const deadLetters = new DeadLetters({
    store,
    clock,
    newId: () => `replay-${++made}`,
    planVersion: () => 'new version',
    insert: async (tasklet) => {
      const [outcome] = await store.insert([tasklet])
      if (outcome === undefined) throw new Error('the store has not answered')
      return outcome
    },
  })
  return { ...scene, deadLetters }
}

describe('dead letters', () => {
  it('are shown with input and the error of every attempt', async () => {
    const scene = await makeDeadLetters()
    const { id } = await add(scene, { input: { piece: 'A1' } })
    const first = await start(scene)
    const notBefore = scene.clock.now() + 1
    const early = { kind: 'timeout', message: 'too slow' } as const
    await scene.store.settle([
      settlementOf(first, { status: 'retrying', attempts: 1, error: early, notBefore }),
    ])
    await scene.store.advance(notBefore)
    const second = await start(scene, { now: notBefore })
    await scene.store.settle([
      settlementOf(second, { status: 'failed', attempts: 2, error: ERROR }),
    ])
    const letter = await scene.deadLetters.show(id)
    expect(letter.input).toEqual({ piece: 'A1' })
    expect(letter.failures.map(({ attempt, error }) => [attempt, error.message])).toEqual([
      [1, 'too slow'],
      [2, 'it broke'],
    ])
  })

  it('are not what is unknown or has not failed', async () => {
    const scene = await makeDeadLetters()
    const { id } = await end(scene, 'completed')
    for (const wrong of ['nobody', id]) {
      for (const refusal of [
        scene.deadLetters.show(wrong),
        scene.deadLetters.replay(wrong),
        scene.deadLetters.replay([wrong]),
        scene.deadLetters.discard(wrong),
        scene.deadLetters.discard([wrong]),
      ]) {
        await expect(refusal).rejects.toMatchObject({ code: 'invalid_input' })
      }
    }
    expect((await current(scene.store, id)).status).toBe('completed')
  })

  it('are replayed as a new record with all its attempts, and leave the list', async () => {
    const scene = await makeDeadLetters()
    const expiresAt = scene.clock.now() + 5000
    const dead = await end(scene, 'failed', {
      input: 7,
      tags: ['t'],
      idempotencyKey: 'key',
      expiresAt,
      interruptions: 2,
    })
    await scene.clock.advance('1m')
    const { replayed } = await scene.deadLetters.replay(dead.id)
    expect(replayed).toEqual([{ id: 'replay-1', replayOf: dead.id }])
    expect(await current(scene.store, 'replay-1')).toMatchObject({
      status: 'pending',
      attempts: 0,
      deliveries: 0,
      failures: [],
      interruptions: 0,
      deadline: undefined,
      input: 7,
      tags: ['t'],
      planVersion: 'new version',
      replayOf: dead.id,
      expiresAt: scene.clock.now() + 5000,
      idempotencyKey: undefined,
      error: undefined,
      settledAt: undefined,
    })
    expect((await current(scene.store, dead.id)).replayedBy).toBe('replay-1')
    expect((await scene.deadLetters.list()).items).toEqual([])
    expect(idsOf((await scene.deadLetters.list({ replayed: true })).items)).toEqual([dead.id])
  })

  it('are replayed once', async () => {
    const scene = await makeDeadLetters()
    const { id } = await end(scene, 'failed')
    await scene.deadLetters.replay(id)
    await expect(scene.deadLetters.replay(id)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('replay-1'),
    })
    expect((await scene.deadLetters.replay([id])).refused).toMatchObject([{ id }])
  })

  it('are not replayed when they are messages that could not be read', async () => {
    const scene = await makeDeadLetters()
    const { id: good } = await end(scene, 'failed')
    const error = { kind: 'malformed', message: 'it is not JSON' } as const
    const junk = newTasklet({ status: 'failed', error, input: { body: 'junk' } })
    await scene.store.insert([junk])
    const refusal = {
      code: 'invalid_input',
      message: expect.stringContaining('could not be read'),
    }
    await expect(scene.deadLetters.replay(junk.id)).rejects.toMatchObject(refusal)
    expect(await scene.deadLetters.replay({})).toMatchObject({
      replayed: [{ replayOf: good }],
      refused: [{ id: junk.id, message: refusal.message }],
    })
    expect((await current(scene.store, junk.id)).replayedBy).toBeUndefined()
  })

  it('wait, when they are replayed, for the replays of what they depended on', async () => {
    const scene = await makeDeadLetters()
    const parent = await end(scene, 'failed')
    const child = await add(scene, {
      status: 'blocked',
      dependencies: [{ key: 'parent', id: parent.id }],
    })
    expect((await current(scene.store, child.id)).error?.kind).toBe('dependency')
    await scene.deadLetters.replay(parent.id)
    await scene.deadLetters.replay(child.id)
    expect(await current(scene.store, 'replay-2')).toMatchObject({
      status: 'blocked',
      dependencies: [{ key: 'parent', id: 'replay-1' }],
    })
  })

  it('are refused when their unique key has a new holder, whose input stays', async () => {
    const scene = await makeDeadLetters()
    const unique = { key: 'u', until: undefined, onDuplicate: 'replace' } as const
    const dead = await end(scene, 'failed', { unique, input: 'old' })
    const holder = await add(scene, { unique, input: 'new' })
    const { replayed, refused } = await scene.deadLetters.replay({})
    expect(replayed).toEqual([])
    expect(refused).toEqual([{ id: dead.id, message: expect.stringContaining(holder.id) }])
    expect((await current(scene.store, holder.id)).input).toBe('new')
  })

  it('are replayed by filter, however many batches that takes', async () => {
    const scene = await makeDeadLetters()
    for (let index = 0; index < 450; index += 1) await end(scene, 'failed', { tags: ['many'] })
    const other = await end(scene, 'failed')
    const { replayed } = await scene.deadLetters.replay({ tag: 'many' })
    expect(new Set(replayed.map(({ replayOf }) => replayOf)).size).toBe(450)
    expect(await scene.store.counts()).toMatchObject({ pending: 450, failed: 451 })
    expect(idsOf((await scene.deadLetters.list()).items)).toEqual([other.id])
  })

  it('are discarded one, some, or by filter, and nothing else is', async () => {
    const scene = await makeDeadLetters()
    const ids: string[] = []
    for (let index = 0; index < 4; index += 1) ids.push((await end(scene, 'failed')).id)
    const other = await end(scene, 'failed', { task: 'other' })
    const done = await end(scene, 'completed')
    const [a, b, c] = ids as [string, string, string, string]
    expect(await scene.deadLetters.discard(a)).toBe(1)
    expect(await scene.deadLetters.discard([b, c, c])).toBe(2)
    expect(await scene.deadLetters.discard({ task: 'task' })).toBe(1)
    expect(idsOf((await scene.deadLetters.list()).items)).toEqual([other.id])
    expect(await current(scene.store, done.id)).toEqual(done)
  })
})
