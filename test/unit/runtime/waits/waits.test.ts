import { describe, expect, it } from 'vitest'
import { NEVER } from '../../../../src/core/duration.ts'
import type { TriggeringEvent } from '../../../../src/core/tasklet.ts'
import { startNew } from '../../../../src/testing/store-contract/records.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { watchedStore } from '../../../support/watched-store.ts'
import { emit, GIVEN, makeWaits, open, sleep, sleeper, stored } from './scene.ts'

describe('a wait', () => {
  it('is stored when it is open, and listens from then on', async () => {
    const one = await makeWaits()
    expect(one.bus.hears(GIVEN)).toBe(false)
    expect(await open(one, 'a')).toEqual({ event: undefined })
    expect(one.bus.hears(GIVEN)).toBe(true)
    expect(one.bus.hears('tasklet.completed')).toBe(false)
    expect(await stored(one)).toEqual([
      { key: 'a gate', pattern: GIVEN, scope: {}, openedAt: one.clock.now() },
    ])
  })

  it('ends with the first event of its pattern, and wakes its tasklet', async () => {
    const one = await makeWaits()
    const { id } = await sleeper(one)
    await open(one, id, { pattern: 'approval.*' })
    await emit(one, { by: 'ann' })
    await emit(one, { by: 'bob' })
    expect(one.woken).toEqual([id])
    expect(await one.store.get(id)).toMatchObject({ status: 'pending' })
    const { event } = await open(one, id)
    expect(event).toMatchObject({ name: GIVEN, at: one.clock.now(), data: { by: 'ann' } })
    expect(event?.lineage?.depth).toBe(0)
    expect(one.bus.hears(GIVEN)).toBe(false)
  })

  it('passes over events of other names and events that its condition refuses', async () => {
    const one = await makeWaits()
    const { id } = await sleeper(one)
    const where = 'event.data.ticket == input.ticket'
    await open(one, id, { where, scope: { input: { ticket: 7 }, plan: 'p' } })
    await emit(one, { ticket: 7 }, 'approval.refused')
    await emit(one, { ticket: 8 })
    expect(one.woken).toEqual([])
    await emit(one, { ticket: 7 })
    expect(one.woken).toEqual([id])
    expect(await stored(one)).toMatchObject([{ scope: { input: { ticket: 7 } }, where }])
  })

  it('keeps of the scope only what its condition names', async () => {
    const one = await makeWaits()
    await open(one, 'a', {
      where: '${{ event.data == item }}',
      scope: { item: 1, steps: { s: 2 } },
    })
    expect(await stored(one)).toMatchObject([{ scope: { item: 1 } }])
    expect(Object.keys(Object(await stored(one))[0].scope)).toEqual(['item'])
  })

  it('reports a condition that has no answer, and goes on waiting', async () => {
    const one = await makeWaits()
    const { id } = await sleeper(one)
    await open(one, id, { where: 'event.data.amount > 10' })
    await emit(one, {})
    expect(one.errors).toHaveLength(1)
    expect(one.woken).toEqual([])
    await emit(one, { amount: 11 })
    expect(one.woken).toEqual([id])
  })

  it('reports a condition that is neither true nor false', async () => {
    const one = await makeWaits()
    await open(one, 'a', { where: 'event.data' })
    await emit(one, 5)
    expect(one.errors).toEqual(['where: "event.data" is 5: make it true or false'])
  })

  it.each([
    ['a condition that is no expression', { where: 'event.data ==' }],
    ['a condition that names what is not there', { where: 'nonsense == 1' }],
    ['a pattern that matches nothing', { pattern: 'a..b' }],
  ])('refuses %s', async (_, changes) => {
    const one = await makeWaits()
    await expect(open(one, 'a', changes)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await stored(one)).toEqual([])
  })

  it('does not take an event from before it was opened', async () => {
    const one = await makeWaits()
    const before = one.bus.toEvent(GIVEN, 1)
    await one.clock.advance(1)
    await open(one, 'a')
    await one.waits.arrived(before)
    expect(await open(one, 'a')).toEqual({ event: undefined })
  })

  it('takes an event that comes while it is being stored', async () => {
    const one = await makeWaits()
    const opening = open(one, 'a')
    one.bus.publish(GIVEN, 1)
    await opening
    await allDone()
    expect((await open(one, 'a')).event).toMatchObject({ data: 1 })
  })

  it('tells a run of this process instead of waking it', async () => {
    const one = await makeWaits()
    const started = await startNew(one.store)
    const heard: [string, TriggeringEvent][] = []
    const leave = one.waits.onArrival(started.id, (key, event) => heard.push([key, event]))
    await open(one, started.id)
    await emit(one, 1)
    expect(heard).toMatchObject([['gate', { name: GIVEN, data: 1 }]])
    expect(one.woken).toEqual([])
    leave()
  })

  it('wakes a tasklet that falls asleep after its event has come', async () => {
    const one = await makeWaits()
    const started = await startNew(one.store)
    await open(one, started.id)
    await emit(one)
    expect(one.woken).toEqual([])
    const asleep = await sleep(one.store, started)
    if (asleep) one.waits.settled(asleep)
    await allDone()
    expect(one.woken).toEqual([started.id])
  })

  it('wakes a tasklet once for an event, however often it falls asleep again', async () => {
    const one = await makeWaits()
    const { id } = await sleeper(one)
    await open(one, id)
    await emit(one)
    const [again] = await one.store.claim({
      queue: 'main',
      owner: 'owner',
      limit: 1,
      now: one.clock.now(),
      leaseUntil: NEVER,
      skipTasks: [],
      knownPlans: ['plan'],
    })
    const asleep = again && (await sleep(one.store, again))
    if (asleep) one.waits.settled(asleep)
    await allDone()
    expect(one.woken).toEqual([id])
    expect(await one.store.get(id)).toMatchObject({ status: 'scheduled' })
  })

  it('ends with its tasklet', async () => {
    const one = await makeWaits()
    const { id } = await sleeper(one)
    await open(one, id)
    await open(one, id, { key: 'other' })
    await open(one, 'b')
    const { changed } = await one.store.cancel(id, { kind: 'cancelled', message: 'no' }, 0)
    for (const tasklet of changed) one.waits.settled(tasklet)
    await allDone()
    expect((await stored(one)).map(({ key }) => key)).toEqual(['b gate'])
  })

  it('can be closed alone', async () => {
    const one = await makeWaits()
    await open(one, 'a')
    await open(one, 'a', { key: 'other' })
    await one.waits.close('a', 'gate')
    expect((await stored(one)).map(({ key }) => key)).toEqual(['a other'])
    await one.waits.close('a')
    expect(one.bus.hears(GIVEN)).toBe(false)
  })

  it('is written again until the store takes it', async () => {
    const watched = watchedStore()
    const one = await makeWaits(watched.store)
    const { id } = await sleeper(one)
    await open(one, id)
    watched.fail('writeFact', 2)
    watched.fail('wake', 1)
    await emit(one, 1)
    expect(one.woken).toEqual([])
    await one.clock.advance('5s')
    expect(one.errors).toHaveLength(3)
    expect(one.woken).toEqual([id])
  })

  it('is not there when the store has refused it', async () => {
    const watched = watchedStore()
    const one = await makeWaits(watched.store)
    watched.fail('writeFact', 1)
    await expect(open(one, 'a')).rejects.toThrow('the store failed')
    expect(one.bus.hears(GIVEN)).toBe(false)
    expect(await open(one, 'a')).toEqual({ event: undefined })
  })
})
