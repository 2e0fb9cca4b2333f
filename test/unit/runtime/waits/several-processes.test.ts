import { describe, expect, it } from 'vitest'
import { settlementOf, startNew } from '../../../../src/testing/store-contract/records.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { watchedStore } from '../../../support/watched-store.ts'
import { emit, GIVEN, makeWaits, open, sleep, sleeper, stored } from './scene.ts'

describe('waits that other processes know', () => {
  async function makeTwo() {
    const one = await makeWaits()
    return { one, two: await makeWaits(one.store, one.clock) }
  }

  it('end with an event of any of them, once it has looked', async () => {
    const { one, two } = await makeTwo()
    const { id } = await sleeper(one)
    await open(one, id)
    await two.waits.refresh()
    await emit(two, 'from two')
    expect(two.woken).toEqual([id])
    await one.waits.refresh()
    expect((await open(one, id)).event).toMatchObject({ data: 'from two' })
  })

  it('end with an event that another process told before it had heard of them', async () => {
    const { one, two } = await makeTwo()
    const { id } = await sleeper(one)
    await emit(two, 'too early')
    await one.clock.advance(1)
    await open(one, id)
    await emit(two, 'just after')
    await two.waits.refresh()
    await allDone()
    expect(two.woken).toEqual([id])
    expect((await open(two, id)).event).toMatchObject({ data: 'just after' })
  })

  it('do not end with what was told long before they were heard of', async () => {
    const { one, two } = await makeTwo()
    const { id } = await sleeper(one)
    await open(one, id)
    await emit(two)
    await one.clock.advance(60_000)
    await two.waits.refresh()
    await allDone()
    expect(two.woken).toEqual([])
  })

  it('are heard again when they were closed and opened anew elsewhere', async () => {
    const { one, two } = await makeTwo()
    const { id } = await sleeper(one)
    await open(one, id)
    await two.waits.refresh()
    await emit(two, 'of the first')
    await one.waits.refresh()
    await one.waits.close(id)
    await one.clock.advance(1)
    await open(one, id)
    await two.waits.refresh()
    await emit(two, 'of the second')
    expect((await open(two, id)).event).toMatchObject({ data: 'of the second' })
  })

  it('take one event when two come at once', async () => {
    const { one, two } = await makeTwo()
    const { id } = await sleeper(one)
    await open(one, id)
    await two.waits.refresh()
    one.bus.publish(GIVEN, 'one')
    two.bus.publish(GIVEN, 'two')
    await allDone()
    expect([...one.woken, ...two.woken]).toEqual([id])
    expect((await open(one, id)).event).toEqual((await open(two, id)).event)
  })

  it('tell a run of this process of the event that came elsewhere', async () => {
    const { one, two } = await makeTwo()
    const { id } = await startNew(one.store)
    const heard: unknown[] = []
    one.waits.onArrival(id, (_, { data }) => heard.push(data))
    await open(one, id)
    await two.waits.refresh()
    await emit(two, 'from two')
    await one.waits.refresh()
    await allDone()
    expect(heard).toEqual(['from two'])
  })

  it('wake a tasklet that fell asleep here after its event came elsewhere', async () => {
    const { one, two } = await makeTwo()
    const started = await startNew(one.store)
    await open(one, started.id)
    await two.waits.refresh()
    await emit(two)
    const asleep = await sleep(one.store, started)
    if (asleep) one.waits.settled(asleep)
    await allDone()
    expect(one.woken).toEqual([started.id])
  })

  it('are not taken up again by a look at the store from before they were closed', async () => {
    const one = await makeWaits()
    await open(one, 'a')
    const looking = one.waits.refresh()
    const closing = one.waits.close('a')
    const opened = open(one, 'a')
    await Promise.all([looking, closing, opened, one.waits.refresh()])
    expect(await stored(one)).toMatchObject([{ key: 'a gate' }])
    await one.waits.close('a')
    expect(one.bus.hears(GIVEN)).toBe(false)
  })

  it('are forgotten when they were closed elsewhere', async () => {
    const { one, two } = await makeTwo()
    const { id } = await sleeper(one)
    await open(one, id)
    await two.waits.refresh()
    await one.waits.close(id)
    await two.waits.refresh()
    expect(two.bus.hears(GIVEN)).toBe(false)
  })

  it('are not opened again by an event that comes after they were closed', async () => {
    const { one, two } = await makeTwo()
    const { id } = await sleeper(one)
    await open(one, id)
    await two.waits.refresh()
    await one.waits.close(id)
    await emit(two)
    expect(await stored(two)).toEqual([])
    expect(two.woken).toEqual([])
  })
})

describe('a process that starts', () => {
  it('lets a tasklet sleep that has got its event and waits for another', async () => {
    const one = await makeWaits()
    const started = await startNew(one.store)
    await open(one, started.id)
    await emit(one)
    await open(one, started.id)
    await open(one, started.id, { key: 'next', pattern: 'other' })
    const asleep = await sleep(one.store, started)
    if (asleep) one.waits.settled(asleep)
    await allDone()
    const two = await makeWaits(one.store, one.clock)
    await two.waits.refresh()
    expect([...one.woken, ...two.woken]).toEqual([])
    await emit(two, undefined, 'other')
    expect(two.woken).toEqual([started.id])
  })

  it('wakes what still sleeps although its event has come', async () => {
    const watched = watchedStore()
    const one = await makeWaits(watched.store)
    const { id } = await sleeper(one)
    await open(one, id)
    watched.fail('wake', 1000)
    await emit(one, 1)
    await one.waits.stop()
    watched.fail('wake', 0)
    const two = await makeWaits(one.store, one.clock)
    await two.waits.refresh()
    expect(two.woken).toEqual([id])
  })

  it('takes up what is open', async () => {
    const one = await makeWaits()
    const { id } = await sleeper(one)
    const scope = { input: 2 }
    await open(one, id, { where: 'event.data == input', scope })
    await one.waits.stop()
    const two = await makeWaits(one.store, one.clock)
    await two.waits.refresh()
    await emit(two, 1)
    await emit(two, 2)
    expect(two.woken).toEqual([id])
  })

  it('removes what tasklets have left that are final or gone', async () => {
    const one = await makeWaits()
    const done = await startNew(one.store)
    const { id } = await sleeper(one)
    for (const each of [done.id, 'gone', id]) await open(one, each)
    await one.store.settle([settlementOf(done)])
    const two = await makeWaits(one.store, one.clock)
    await two.waits.refresh()
    expect((await stored(two)).map(({ key }) => key)).toEqual([`${id} gate`])
  })

  it('passes over what it cannot read', async () => {
    const one = await makeWaits()
    for (const [key, value] of [
      ['a gate', { pattern: 1 }],
      ['nothing', { pattern: GIVEN, scope: {}, openedAt: 0 }],
      ['b gate', { pattern: 'a..b', scope: {}, openedAt: 0 }],
    ] as const) {
      await one.store.writeFact({ kind: 'wait', key, value, version: 0 })
    }
    await one.waits.refresh()
    expect(one.errors).toEqual([expect.stringContaining('a..b')])
  })
})
