import { describe, expect, it } from 'vitest'
import { createActor, type InspectionEvent, setup } from 'xstate'
import type { Evidence } from '../../../../src/planning/evidence.ts'
import { toTimers } from '../../../support/manual-clock.ts'
import { makeTwin } from '../../../support/twins.ts'

const EVIDENCE: readonly Evidence[] = [{ state: 'heat.hot', answer: true, duration: 4 }]

describe('a twin', () => {
  it('knows nothing until the world was seen', () => {
    const { twin } = makeTwin()
    expect(twin.belief()).toBeUndefined()
    expect(twin.snapshot()).toBeUndefined()
    expect(twin.isFresh(60_000)).toBe(false)
  })

  it('believes what checks saw, and leaves open regions and context as they were', () => {
    const { twin, clock } = makeTwin()
    twin.observed(['door.open'], [])
    twin.send({ type: 'LOAD', count: 2 })
    twin.observed(['heat.hot'], EVIDENCE)
    expect(twin.belief()).toEqual({
      states: ['heat.hot.even', 'door.open'],
      context: { loaves: 2, cooling: 5000 },
      source: 'checks',
      at: clock.now(),
      evidence: EVIDENCE,
    })
    expect(twin.snapshot()?.matches({ heat: { hot: 'even' }, door: 'open' })).toBe(true)
  })

  it('keeps an inner state that the checks say nothing of', () => {
    const { twin } = makeTwin()
    twin.observed(['heat.hot.glowing'], [])
    twin.observed(['heat.hot'], [])
    expect(twin.belief()?.states).toEqual(['heat.hot.glowing', 'door.closed'])
  })

  it('refuses a state that the machine does not have, and believes what it did', () => {
    const { twin } = makeTwin()
    twin.observed(['heat.warm'], [])
    expect(() => twin.observed(['heat.tepid'], [])).toThrow('has no state "heat.tepid"')
    expect(twin.belief()?.states).toEqual(['heat.warm', 'door.closed'])
  })

  it('takes the event of a verified transition with its payload, so that context follows', () => {
    const { twin } = makeTwin()
    twin.observed(['door.open'], [])
    twin.moved('LOAD', ['door.open'], { count: 3 })
    expect(twin.belief()).toMatchObject({ source: 'transition', context: { loaves: 3 } })
  })

  it('lets verified states stand where the machine went elsewhere', () => {
    const { twin } = makeTwin()
    twin.observed(['heat.cold'], [])
    twin.moved('HEAT', ['heat.warm'])
    expect(twin.belief()?.states).toEqual(['heat.warm', 'door.closed'])
  })

  it('is fresh only after checks or a verified transition, and for so long', async () => {
    const { twin, clock } = makeTwin()
    twin.observed(['heat.cold'], [])
    await clock.advance(1000)
    expect(twin.isFresh(1001)).toBe(true)
    expect(twin.isFresh(1000)).toBe(false)
    twin.moved('HEAT', ['heat.hot'])
    expect(twin.isFresh(1)).toBe(true)
    expect(twin.isFresh(0)).toBe(false)
    twin.left('heat.warm')
    expect(twin.belief()?.source).toBe('task')
    expect(twin.isFresh(1000)).toBe(false)
    twin.observed(['heat.warm'], [])
    twin.send({ type: 'HEAT' })
    expect(twin.belief()).toMatchObject({
      source: 'event',
      states: ['heat.hot.even', 'door.closed'],
    })
    expect(twin.isFresh(1000)).toBe(false)
  })

  it('stays fresh when an event changes nothing about where the world is', () => {
    const { twin } = makeTwin()
    twin.observed(['door.open'], [])
    twin.send({ type: 'LOAD' })
    expect(twin.isFresh(1)).toBe(true)
    expect(twin.belief()?.context).toMatchObject({ loaves: 1 })
  })

  it('is not fresh when the clock was set back', () => {
    const { twin, clock } = makeTwin()
    twin.observed(['heat.cold'], [])
    clock.jump(-5000)
    expect(twin.isFresh(60_000)).toBe(false)
  })

  it('believes nothing after a disturbance, whatever events come, and keeps its context', async () => {
    const { twin, clock, changes } = makeTwin()
    twin.observed(['door.open', 'heat.hot'], [])
    twin.send({ type: 'LOAD' })
    twin.disturbed()
    twin.send({ type: 'CLOSE' })
    await clock.advance('1m')
    expect(twin.belief()).toBeUndefined()
    expect(changes.at(-1)).toBeUndefined()
    twin.observed(['heat.cold'], [])
    expect(twin.belief()?.context).toMatchObject({ loaves: 1 })
  })

  it('believes an event that leads to one place from everywhere, even when nothing is known', () => {
    const machine = setup({}).createMachine({
      initial: 'idle',
      on: { CRASHED: { target: '.down' } },
      states: { idle: { on: { GO: { target: 'busy' } } }, busy: {}, down: {} },
    })
    const { twin } = makeTwin(machine)
    twin.send({ type: 'GO' })
    expect(twin.belief()).toBeUndefined()
    twin.send({ type: 'CRASHED' })
    expect(twin.belief()).toMatchObject({ states: ['down'], source: 'event' })
  })

  it.each([
    ['HAET', /no state of plan "bakery" answers "HAET".*did you mean "HEAT"/],
    ['xstate.after.10000.oven.heat.hot', /names are used within/],
    ['setpoint.disturbed', /names are used within/],
    ['', /with a text as its "type"/],
  ])('refuses the event "%s" and changes nothing', (type, message) => {
    const { twin } = makeTwin()
    twin.observed(['heat.hot'], [])
    const before = twin.belief()
    expect(() => twin.send({ type })).toThrow(message)
    expect(twin.belief()).toBe(before)
  })

  it('takes an event that only a wildcard answers', () => {
    const { twin } = makeTwin()
    twin.observed(['heat.hot'], [])
    twin.send({ type: 'sensor.dropped' })
    expect(twin.belief()?.states[0]).toBe('heat.warm')
  })

  it('can be found elsewhere after it was in a final state, which answers nothing', () => {
    const machine = setup({}).createMachine({
      initial: 'whole',
      on: { MEND: { target: '.whole' } },
      states: { whole: { on: { DROP: { target: 'broken' } } }, broken: { type: 'final' } },
    })
    const { twin } = makeTwin(machine)
    const actor = createActor(twin.logic).start()
    twin.observed(['whole'], [])
    twin.send({ type: 'DROP' })
    twin.send({ type: 'MEND' })
    expect(twin.belief()?.states).toEqual(['broken'])
    expect(twin.snapshot()?.status).toBe('done')
    twin.observed(['whole'], [])
    expect(twin.belief()?.states).toEqual(['whole'])
    expect(actor.getSnapshot().value).toBe('whole')
  })

  it('shows corrections to subscribers and to the inspector, and leaves no timer with XState', () => {
    const { twin, clock } = makeTwin()
    const seen: InspectionEvent[] = []
    const values: unknown[] = []
    const inspect = (event: InspectionEvent) => seen.push(event)
    const actor = createActor(twin.logic, { clock: toTimers(clock), inspect }).start()
    actor.subscribe(({ value }) => values.push(value))
    twin.observed(['heat.hot'], EVIDENCE)
    expect(twin.actor).toBe(actor)
    expect(values).toEqual([{ heat: { hot: 'even' }, door: 'closed' }])
    const told = seen.flatMap((event) => (event.type === '@xstate.event' ? event.event.type : []))
    expect(told).toContain('setpoint.observed')
    const snapshots = seen.filter(({ type }) => type === '@xstate.snapshot')
    expect(snapshots.at(-1)).toMatchObject({ snapshot: { value: { heat: { hot: 'even' } } } })
    // One timer: ours.
    expect(clock.pending).toBe(1)
    actor.send({ type: 'GLOW' })
    expect(clock.pending).toBe(1)
    expect(twin.belief()).toMatchObject({ source: 'event' })
  })
})
