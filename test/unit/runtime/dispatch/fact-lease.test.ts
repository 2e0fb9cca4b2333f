import { describe, expect, it } from 'vitest'
import { FactLease } from '../../../../src/runtime/dispatch/fact-lease.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { watchedStore } from '../../../support/watched-store.ts'

async function make() {
  const { store, calls } = watchedStore(memoryStore())
  await store.open()
  const lease = (owner: string) => new FactLease({ store, key: 'right', owner, duration: 10_000 })
  return { store, calls, lease }
}

describe('a lease that is kept as a fact', () => {
  it('is held by one at a time', async () => {
    const { lease } = await make()
    const [one, other] = [lease('one'), lease('other')]
    expect(await Promise.all([one.hold(0), other.hold(0)])).toEqual([true, false])
    expect(await other.hold(9000)).toBe(false)
  })

  it('is kept by who goes on asking, and free when that one stops', async () => {
    const { lease } = await make()
    const [one, other] = [lease('one'), lease('other')]
    for (let now = 0; now < 60_000; now += 4000) expect(await one.hold(now)).toBe(true)
    expect(await other.hold(60_000)).toBe(false)
    expect(await other.hold(67_000)).toBe(true)
    expect(await one.hold(67_000)).toBe(false)
  })

  it('asks the store only when it has to', async () => {
    const { lease, calls } = await make()
    const [one, other] = [lease('one'), lease('other')]
    for (let now = 0; now <= 5000; now += 100) await one.hold(now)
    expect(calls).toEqual(['open', 'fact', 'writeFact'])
    for (let now = 0; now < 2000; now += 100) await other.hold(now)
    expect(calls).toEqual(['open', 'fact', 'writeFact', 'fact'])
  })

  it('goes to another at once when it is released', async () => {
    const { lease } = await make()
    const [one, other] = [lease('one'), lease('other')]
    await one.hold(0)
    await one.release()
    expect(await other.hold(1)).toBe(true)
    await one.release()
    expect(await one.hold(2)).toBe(false)
  })

  it('takes a fact that it cannot read for nobody’s', async () => {
    const { store, lease } = await make()
    await store.writeFact({ kind: 'dispatch', key: 'right', value: 'what', version: 0 })
    expect(await lease('one').hold(0)).toBe(true)
  })
})
