import { describe, expect, it, onTestFinished } from 'vitest'
import { Sweeper, toRetention } from '../../../../src/runtime/operations/sweeper.ts'
import { idsOf } from '../../../../src/testing/store-contract/records.ts'
import { watchedStore } from '../../../support/watched-store.ts'
import { end, makeScene } from './scene.ts'

async function makeSweeper(options: Parameters<typeof toRetention>[0] = {}) {
  const scene = await makeScene()
  const watched = watchedStore(scene.store)
  const failures: unknown[] = []
  const retention = toRetention(options)
  const sweeper = new Sweeper(watched.store, scene.clock, retention, (error) =>
    failures.push(error),
  )
  onTestFinished(() => sweeper.stop())
  const sweeps = () => watched.calls.filter((call) => call === 'sweep').length
  return { ...scene, ...watched, sweeper, failures, sweeps }
}

describe('a sweeper', () => {
  it('keeps 30 days and 100 000 records, and dead letters 90 days, unless told otherwise', () => {
    const day = 86_400_000
    expect(toRetention()).toMatchObject({ age: 30 * day, count: 100_000, deadLetters: 90 * day })
  })

  it.for([
    [{ age: 'soon' }, 'retention.age'],
    [{ count: -1 }, 'retention.count'],
    [{ chunk: 0 }, 'retention.chunk'],
  ] as const)('refuses %o by the name of the option', ([options, name]) => {
    expect(() => toRetention(options)).toThrow(name)
  })

  it('removes records by their age, dead letters later', async () => {
    const scene = await makeSweeper()
    await end(scene, 'completed')
    const dead = await end(scene, 'failed')
    await scene.clock.advance('31d')
    const fresh = await end(scene, 'completed')
    expect(await scene.sweeper.pass()).toBe(1)
    expect(idsOf((await scene.store.list({ limit: 9 })).items)).toEqual([fresh.id, dead.id])
    await scene.clock.advance('60d')
    expect(await scene.sweeper.pass()).toBe(2)
  })

  it('removes what is too many, oldest first', async () => {
    const scene = await makeSweeper({ count: 2 })
    const ids: string[] = []
    for (let index = 0; index < 4; index += 1) ids.push((await end(scene, 'completed')).id)
    expect(await scene.sweeper.pass()).toBe(2)
    const kept = idsOf((await scene.store.list({ limit: 9 })).items)
    expect(kept.sort()).toEqual(ids.slice(2).sort())
  })

  it('goes in bounded steps with a pause between them', async () => {
    const scene = await makeSweeper({ count: 0, chunk: 2, pause: '1s' })
    for (let index = 0; index < 5; index += 1) await end(scene, 'completed')
    const passing = scene.sweeper.pass()
    await scene.clock.advance(0)
    expect(scene.sweeps()).toBe(1)
    expect(await scene.store.counts()).toMatchObject({ completed: 3 })
    await scene.clock.advance('2s')
    expect(await passing).toBe(5)
    expect(scene.sweeps()).toBe(3)
  })

  it('sweeps again and again until it is stopped', async () => {
    const { sweeper, sweeps, clock } = await makeSweeper({ every: '10m' })
    sweeper.start()
    sweeper.start()
    await clock.advance('9m')
    expect(sweeps()).toBe(0)
    await clock.advance('11m')
    expect(sweeps()).toBe(2)
    await sweeper.stop()
    await clock.advance('1h')
    expect(sweeps()).toBe(2)
    expect(clock.pending).toBe(0)
  })

  it('reports a store that fails, and tries again the next time', async () => {
    const { sweeper, sweeps, clock, fail, failures } = await makeSweeper({ every: '10m' })
    fail('sweep', 1)
    sweeper.start()
    await clock.advance('10m')
    expect(failures).toHaveLength(1)
    await clock.advance('10m')
    expect(sweeps()).toBe(2)
    expect(failures).toHaveLength(1)
  })
})
