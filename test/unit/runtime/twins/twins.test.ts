import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../../src/plan/model.ts'
import { EventBus } from '../../../../src/runtime/events/event-bus.ts'
import type { Twin } from '../../../../src/runtime/twins/twin.ts'
import { Twins } from '../../../../src/runtime/twins/twins.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { makeWorldPlan, ovenMachine, SharedFacts } from '../../../support/twins.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

function startProcess(
  store: SharedFacts,
  clock: ManualClock,
  plans: readonly Plan[] = [makeWorldPlan(ovenMachine)],
) {
  const lines: unknown[] = []
  const failures: unknown[] = []
  const heard: unknown[] = []
  const failed = (error: unknown) => failures.push(error)
  const bus = new EventBus(clock, failed)
  bus.on('belief.changed', ({ data }) => heard.push(data))
  const log = { ...silent, info: (_: string, fields: unknown) => void lines.push(fields) }
  const twins = new Twins(plans, { clock, log, bus, store, failed })
  return { twins, twin: twins.get('bakery') as Twin, bus, lines, failures, heard }
}

describe('the twins of a runtime', () => {
  it('stand for the plans with a world, as residents that running work needs', () => {
    const plan = { ...makeWorldPlan(ovenMachine), name: 'queue', world: undefined }
    const { twins, twin } = startProcess(new SharedFacts(), new ManualClock(), [
      makeWorldPlan(ovenMachine),
      plan,
    ])
    expect(twins.get('queue')).toBeUndefined()
    expect(twins.residents()).toEqual([
      { id: 'twin:bakery', logic: twin.logic, servesRunningWork: true },
    ])
  })

  it('tell what a change came of, also when an older version has learned it', () => {
    const [old, now] = [makeWorldPlan(ovenMachine), makeWorldPlan(ovenMachine, 'v2')]
    const { twins, bus } = startProcess(new SharedFacts(), new ManualClock(), [old])
    const causes: unknown[] = []
    bus.on('belief.changed', ({ lineage }) => causes.push(lineage.causationId))
    const cause = (id: string) => ({
      id,
      correlationId: id,
      causationId: undefined,
      depth: 0,
      triggers: [],
    })
    twins.replace(now)
    twins.of(now)?.observed(['heat.hot'], [], cause('a'))
    twins.of(old)?.moved('sensor.cool', ['heat.warm'], undefined, cause('b'))
    twins.of(old)?.left('heat.cold', cause('c'))
    twins.of(old)?.disturbed(cause('d'))
    twins.of(now)?.observed(['heat.hot'], [])
    expect(causes).toEqual(['a', 'b', 'c', 'd', undefined])
  })

  it('tell the bus what is believed, only when that changes', () => {
    const { twin, heard } = startProcess(new SharedFacts(), new ManualClock())
    twin.observed(['heat.hot'], [])
    twin.observed(['heat.hot'], [])
    twin.disturbed()
    twin.disturbed()
    expect(heard).toEqual([
      { plan: 'bakery', states: ['heat.hot.even', 'door.closed'], source: 'checks' },
      { plan: 'bakery', states: [], source: 'disturbed' },
    ])
  })

  it('take up after a restart what was believed, but not as fresh', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const first = startProcess(store, clock)
    first.twin.observed(['door.open'], [])
    first.twin.send({ type: 'LOAD', count: 2 })
    const { at } = first.twin.belief() ?? {}
    await first.twins.close()
    clock.jump(1000)

    const second = startProcess(store, clock)
    await second.twins.restore()
    expect(second.twin.belief()).toEqual({
      states: ['heat.cold', 'door.open'],
      context: { loaves: 2, cooling: 5000 },
      source: 'restored',
      at,
      evidence: [],
    })
    expect(second.twin.isFresh(60_000)).toBe(false)
    expect(second.lines).toEqual([])
  })

  it('keep the absolute time of a delay over a restart', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const first = startProcess(store, clock)
    first.twin.observed(['heat.hot'], [])
    await clock.advance(4000)
    await first.twins.close()
    expect(clock.pending).toBe(0)
    clock.jump(3000)

    const { twins, twin } = startProcess(store, clock)
    await twins.restore()
    await clock.advance(2999)
    expect(twin.belief()?.source).toBe('restored')
    await clock.advance(1)
    expect(twin.belief()).toMatchObject({ source: 'decay', states: ['heat.warm', 'door.closed'] })
  })

  it('fire delays that passed while nobody was there at once, each at its own time', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const first = startProcess(store, clock)
    const start = clock.now()
    first.twin.observed(['heat.hot'], [])
    await first.twins.close()
    clock.jump(15_000)

    const { twins, twin } = startProcess(store, clock)
    await twins.restore()
    // Warm after 10 s, and 5 s later cold.
    expect(twin.belief()).toMatchObject({
      states: ['heat.cold', 'door.closed'],
      source: 'decay',
      at: start + 15_000,
    })
  })

  it('do not believe after a restart what was disturbed before it, and keep the context', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const first = startProcess(store, clock)
    first.twin.observed(['door.open'], [])
    first.twin.send({ type: 'LOAD', count: 2 })
    await allDone()
    first.twin.disturbed()
    await first.twins.close()

    const { twins, twin } = startProcess(store, clock)
    await twins.restore()
    expect(twin.belief()).toBeUndefined()
    twin.observed(['heat.cold'], [])
    expect(twin.belief()?.context).toMatchObject({ loaves: 2 })
  })

  it.each([
    ['another version of the plan', { planVersion: 'v0' }, 'the plan has changed since'],
    ['a state that is gone', { value: { heat: 'tepid', door: 'open' } }, /tepid/],
    ['another form', { version: 7 }, /not in a form/],
  ])('ignore a belief of %s, say so, and write over it', async (_, change, reason) => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const first = startProcess(store, clock)
    first.twin.observed(['heat.hot'], [])
    await first.twins.close()
    const fact = store.writes.at(-1)
    await store.writeFact({ ...fact, value: { ...(fact?.value as object), ...change } } as never)

    const { twins, twin, lines } = startProcess(store, clock)
    await twins.restore()
    const said = typeof reason === 'string' ? reason : expect.stringMatching(reason)
    expect(lines).toEqual([{ plan: 'bakery', reason: said }])
    expect(twin.belief()).toBeUndefined()
    twin.observed(['heat.cold'], [])
    await twins.close()
    expect(store.writes.at(-1)).toMatchObject({ version: 3, value: { planVersion: 'v1' } })
  })

  it('write what changed together once, and the newest next', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const { twin } = startProcess(store, clock)
    for (const state of ['heat.hot', 'heat.warm', 'heat.cold']) twin.observed([state], [])
    await allDone()
    expect(store.writes).toMatchObject([
      { kind: 'twin', key: 'bakery', value: { value: { heat: 'cold' }, source: 'checks' } },
    ])
  })

  it('report a write that failed, throw nothing, and write with the next change', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const { twin, failures } = startProcess(store, clock)
    store.failure = new Error('disk full')
    twin.observed(['heat.hot'], [])
    await allDone()
    expect(failures).toEqual([store.failure])
    store.failure = undefined
    twin.observed(['heat.warm'], [])
    await allDone()
    expect(store.writes).toMatchObject([{ value: { value: { heat: 'warm' } } }])
  })

  it('let what was learned later stand when two processes write', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const [slow, fast] = [startProcess(store, clock), startProcess(store, clock)]
    store.failure = new Error('no connection')
    slow.twin.observed(['heat.warm'], [])
    await allDone()
    store.failure = undefined
    clock.jump(10)
    fast.twin.observed(['heat.hot'], [])
    await allDone()
    expect(slow.twin.isFresh(60_000)).toBe(true)
    await slow.twins.close()
    expect(slow.twin.isFresh(60_000)).toBe(false)
    expect(store.writes).toMatchObject([{ value: { value: { heat: { hot: 'even' } } } }])

    clock.jump(10)
    const third = startProcess(store, clock)
    third.twin.observed(['heat.cold'], [])
    await third.twins.close()
    expect(store.writes.at(-1)).toMatchObject({ version: 2, value: { value: { heat: 'cold' } } })
  })

  it('hear at a visit what another process has told, and no longer rely on what they saw before', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const [one, other] = [startProcess(store, clock), startProcess(store, clock)]
    other.twin.observed(['heat.cold'], [])
    await allDone()
    await clock.advance('1s')
    one.twin.moved('sensor.hot', ['heat.hot'])
    await allDone()
    expect(other.twin.isFresh(60_000)).toBe(true)
    expect(await other.twins.visit('bakery', false)).toBe(true)
    const states = ['heat.hot.even', 'door.closed']
    expect(other.twin.belief()).toMatchObject({ states, source: 'restored' })
    expect(other.twin.isFresh(60_000)).toBe(false)
  })

  it('let others see that somebody is about to move the world, before anything is learned', async () => {
    const [store, clock] = [new SharedFacts(), new ManualClock()]
    const [one, other] = [startProcess(store, clock), startProcess(store, clock)]
    other.twin.observed(['heat.cold'], [])
    await allDone()
    expect(await other.twins.visit('bakery', true)).toBe(false)
    expect(await one.twins.visit('bakery', true)).toBe(true)
    expect(await one.twins.visit('bakery', true)).toBe(false)
    expect(store.writes).toHaveLength(2)
    expect(await other.twins.visit('bakery', false)).toBe(true)
    expect(other.twin.isFresh(60_000)).toBe(false)
  })

  it('visit a world that nobody has told of', async () => {
    const { twins } = startProcess(new SharedFacts(), new ManualClock())
    expect(await twins.visit('bakery', false)).toBe(false)
    expect(await twins.visit('bakery', true)).toBe(false)
    expect(await twins.visit('nowhere', true)).toBe(false)
  })

  it('refuse a visit while the store fails, and tell later', async () => {
    const store = new SharedFacts()
    const { twins } = startProcess(store, new ManualClock())
    store.failure = new Error('no disk')
    await expect(twins.visit('bakery', true)).rejects.toThrow('no disk')
    store.failure = undefined
    expect(await twins.visit('bakery', true)).toBe(false)
    expect(store.writes).toHaveLength(1)
  })
})
