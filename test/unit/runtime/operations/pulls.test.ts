import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FatalError, InputError, LifecycleError, RetryLater } from '../../../../src/core/errors.ts'
import { LeaseLostError } from '../../../../src/runtime/operations/lease-lost.ts'
import { claimOf } from '../../../../src/testing/store-contract/records.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { makePulls } from './pulls-scene.ts'
import { add, current } from './scene.ts'

describe('a pull', () => {
  it('leases a batch of external work under an owner of its own', async () => {
    const scene = await makePulls()
    for (let index = 0; index < 3; index += 1) await add(scene)
    await add(scene, { task: 'own' })
    const items = await scene.pulls.pull({ limit: 5, lease: '1m', consumer: 'robot' })
    expect(items).toHaveLength(3)
    const until = scene.clock.now() + 60_000
    for (const { tasklet } of items) {
      expect(tasklet).toMatchObject({ task: 'task', lease: { owner: 'pull/robot', until } })
    }
    expect(scene.told.due).toEqual([until])
    expect(await scene.store.counts()).toMatchObject({ running: 3, pending: 1 })
  })

  it('looks past what only this process has no room for', async () => {
    const scene = await makePulls({}, { skipTasks: ['plan/task'], taskLimits: { 'plan/task': 0 } })
    const { id } = await add(scene)
    expect((await scene.one()).tasklet.id).toBe(id)
  })

  it('takes from the queue of its task unless told otherwise', async () => {
    const scene = await makePulls({ queue: 'other' })
    const { id } = await add(scene, { queue: 'other' })
    expect((await scene.one({ task: 'plan/task' })).tasklet.id).toBe(id)
  })

  it('waits until it is woken, and asks no more often than that', async () => {
    const scene = await makePulls()
    const pulling = scene.one()
    await allDone()
    expect(scene.claims()).toBe(1)
    await scene.clock.advance('1h')
    scene.pulls.wake('other')
    await allDone()
    expect(scene.claims()).toBe(1)
    const { id } = await add(scene)
    scene.pulls.wake('main')
    expect((await pulling).tasklet.id).toBe(id)
    expect(scene.claims()).toBe(2)
  })

  it('does not miss work that comes while it asks', async () => {
    const scene = await makePulls()
    const pulling = scene.one()
    // It has asked and has no answer yet: all of this happens in one turn.
    const adding = add(scene)
    scene.pulls.wake()
    expect((await pulling).tasklet.id).toBe((await adding).id)
  })

  it('wakes by itself when a rate limit opens', async () => {
    const limit = { key: 'k', tasks: ['plan/task'], perGroup: false, count: 1, per: 60_000 }
    const scene = await makePulls({}, { rateLimits: [limit] })
    await add(scene)
    const second = await add(scene)
    await scene.one()
    const pulling = scene.one()
    await scene.clock.advance('59s')
    expect(scene.claims()).toBe(2)
    await scene.clock.advance('2s')
    expect((await pulling).tasklet.id).toBe(second.id)
  })

  it('ends with the signal, and leaves no timer or waiter behind', async () => {
    const scene = await makePulls()
    const controller = new AbortController()
    const pulling = scene.one({ signal: controller.signal })
    await allDone()
    controller.abort(new Error('gone'))
    await expect(pulling).rejects.toThrow('gone')
    await expect(scene.one({ signal: controller.signal })).rejects.toThrow('gone')
    expect(scene.clock.pending).toBe(0)
    await add(scene)
    scene.pulls.wake()
    await allDone()
    expect(await scene.store.counts()).toMatchObject({ pending: 1 })
  })

  it('gives back what was leased for one who has gone meanwhile', async () => {
    const scene = await makePulls()
    const { id } = await add(scene)
    const controller = new AbortController()
    const pulling = scene.one({ signal: controller.signal })
    controller.abort(new Error('gone'))
    await expect(pulling).rejects.toThrow('gone')
    expect(await current(scene.store, id)).toMatchObject({ status: 'pending', attempts: 0 })
  })

  it('ends with the runtime', async () => {
    const scene = await makePulls()
    const pulling = scene.one()
    await allDone()
    scene.pulls.close(new LifecycleError('the runtime stops'))
    await expect(pulling).rejects.toThrow('the runtime stops')
    await expect(scene.one()).rejects.toThrow('the runtime stops')
  })

  it.for([
    [{ limit: 0 }],
    [{ lease: 'soon' }],
    [{ queue: 'unknown' }],
    [{ task: 'plan/own' }],
    [{ task: 'plan/unknown' }],
  ] as const)('refuses %o and leases nothing', async ([options]) => {
    const scene = await makePulls()
    await expect(scene.one(options)).rejects.toBeInstanceOf(InputError)
    expect(scene.claims()).toBe(0)
  })

  it('is refused where no task is external, for it would wait for ever', async () => {
    const scene = await makePulls({ external: false })
    await expect(scene.one()).rejects.toBeInstanceOf(InputError)
  })
})

describe('a pulled item', () => {
  it('is completed with its output, which sets its dependents free', async () => {
    const scene = await makePulls()
    const { id } = await add(scene)
    const child = await add(scene, {
      queue: 'other',
      status: 'blocked',
      dependencies: [{ key: 'k', id }],
    })
    const item = await scene.one()
    await scene.clock.advance('2s')
    expect(await item.ack({ grams: 12 })).toMatchObject({
      status: 'completed',
      output: { grams: 12 },
      actualDuration: 2000,
    })
    expect(scene.told.changed.map(({ id: told, status }) => [told, status])).toEqual([
      [id, 'completed'],
      [child.id, 'pending'],
    ])
    expect(scene.told.ready).toEqual(['other', 'main'])
    expect(scene.ended).toEqual([id])
  })

  it('keeps its lease when the output is refused', async () => {
    const scene = await makePulls({ output: z.object({ grams: z.number() }) })
    await add(scene)
    const item = await scene.one()
    await expect(item.ack({ grams: 'many' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('grams'),
    })
    expect(await item.ack({ grams: 1 })).toMatchObject({ status: 'completed' })
  })

  it('keeps its lease when the output is no JSON value', async () => {
    const scene = await makePulls()
    await add(scene)
    const item = await scene.one()
    await expect(item.ack(1n)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await item.ack(1)).toMatchObject({ status: 'completed' })
  })

  it('spends an attempt when it is refused, and is retried as the task says', async () => {
    const scene = await makePulls()
    await add(scene)
    const notBefore = scene.clock.now() + 1000
    expect(await (await scene.one()).nack(new Error('no paper'))).toMatchObject({
      status: 'retrying',
      attempts: 1,
      notBefore,
      error: { kind: 'error', message: 'no paper' },
    })
    expect(scene.told.due).toContain(notBefore)
  })

  it('waits as long as the refusal says', async () => {
    const scene = await makePulls()
    await add(scene)
    const item = await scene.one()
    await expect(item.nack('no', { retryAfter: 'soon' })).rejects.toBeInstanceOf(InputError)
    expect(await item.nack('no', { retryAfter: '1h' })).toMatchObject({
      status: 'retrying',
      notBefore: scene.clock.now() + 3_600_000,
    })
  })

  it.for([
    ['with its last attempt', { maxAttempts: 1 }, new Error('no'), 1],
    ['with a fatal error', {}, new FatalError('never'), 1],
  ] as const)('ends in the dead letters %s', async ([, changes, error, attempts]) => {
    const scene = await makePulls()
    await add(scene, changes)
    expect(await (await scene.one()).nack(error)).toMatchObject({
      status: 'failed',
      attempts,
      failures: [{ attempt: 1 }],
    })
  })

  it('spends no attempt when it is only to be run later', async () => {
    const scene = await makePulls()
    await add(scene)
    const item = await scene.one()
    expect(await item.nack(new RetryLater('1m'))).toMatchObject({ status: 'retrying', attempts: 0 })
  })

  it('is held longer when it is extended, and hears that somebody asked it to stop', async () => {
    const scene = await makePulls()
    const { id } = await add(scene)
    const item = await scene.one()
    const until = scene.clock.now() + 300_000
    expect(await item.extend('5m')).toEqual({ until, cancelRequested: undefined })
    expect((await current(scene.store, id)).lease?.until).toBe(until)
    await scene.store.cancel(id, { kind: 'cancelled', message: 'enough' }, scene.clock.now())
    expect(await item.extend('5m')).toEqual({ until, cancelRequested: 'enough' })
    expect(await item.nack('stopped')).toMatchObject({ status: 'cancelled' })
  })

  it('is refused by a typed error once its lease is lost, and changes nothing', async () => {
    const scene = await makePulls()
    const { id } = await add(scene)
    const item = await scene.one()
    const now = scene.clock.now() + 31_000
    await scene.store.rescue({ now, deadOwners: [], maxDeliveries: 5 })
    await scene.store.claim(claimOf({ owner: 'other' }))
    const held = await current(scene.store, id)
    for (const refusal of [item.ack(1), item.nack('no'), item.extend('1m')]) {
      const error = await refusal.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(LeaseLostError)
      expect(error).toMatchObject({ code: 'lease_lost', taskletId: id, holder: 'other' })
    }
    expect(await current(scene.store, id)).toEqual(held)
  })

  it('is found again by id and token while its lease is held', async () => {
    const scene = await makePulls()
    const { id } = await add(scene)
    const { token } = await scene.one()
    await expect(scene.pulls.find(id, token + 1)).rejects.toBeInstanceOf(LeaseLostError)
    await expect(scene.pulls.find('nobody', 1)).rejects.toBeInstanceOf(LeaseLostError)
    const found = await scene.pulls.find(id, token)
    expect(await found.ack('done')).toMatchObject({ status: 'completed', output: 'done' })
    await expect(scene.pulls.find(id, token)).rejects.toBeInstanceOf(LeaseLostError)
  })

  it('is not found when the runtime itself runs it', async () => {
    const scene = await makePulls()
    const { id } = await add(scene)
    await scene.store.claim(claimOf())
    await expect(scene.pulls.find(id, 1)).rejects.toMatchObject({ holder: 'owner' })
  })
})
