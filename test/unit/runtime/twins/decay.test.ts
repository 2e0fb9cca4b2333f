import { describe, expect, it } from 'vitest'
import { createActor, setup } from 'xstate'
import { toTimers } from '../../../support/manual-clock.ts'
import { makeTwin } from '../../../support/twins.ts'

const heatOf = ({ twin }: ReturnType<typeof makeTwin>) => twin.belief()?.states[0]

describe('the decay of a belief', () => {
  it('follows the delays of the machine, each counted from when its state was entered', async () => {
    const oven = makeTwin()
    const start = oven.clock.now()
    oven.twin.observed(['heat.hot'], [])
    await oven.clock.advance(9999)
    expect(heatOf(oven)).toBe('heat.hot.even')
    await oven.clock.advance(1)
    expect(oven.twin.belief()).toMatchObject({
      states: ['heat.warm', 'door.closed'],
      source: 'decay',
      at: start + 10_000,
    })
    expect(oven.twin.isFresh(60_000)).toBe(false)
    await oven.clock.advance(5000)
    expect(heatOf(oven)).toBe('heat.cold')
    expect(oven.clock.pending).toBe(0)
  })

  it('does not begin anew when checks find the world where it is believed to be', async () => {
    const oven = makeTwin()
    oven.twin.observed(['heat.hot'], [])
    await oven.clock.advance(6000)
    oven.twin.observed(['heat.hot'], [])
    await oven.clock.advance(4000)
    expect(heatOf(oven)).toBe('heat.warm')
  })

  it('ends when the state was left, in whatever way', async () => {
    const oven = makeTwin()
    oven.twin.observed(['heat.hot'], [])
    oven.twin.left('heat.cold')
    expect(oven.clock.pending).toBe(0)
    oven.twin.observed(['heat.hot'], [])
    oven.twin.disturbed()
    expect(oven.clock.pending).toBe(0)
  })

  it('begins anew when the world is found where it was before a disturbance', async () => {
    const oven = makeTwin()
    oven.twin.observed(['heat.hot'], [])
    await oven.clock.advance(6000)
    oven.twin.disturbed()
    oven.twin.observed(['heat.hot'], [])
    await oven.clock.advance(9999)
    expect(heatOf(oven)).toBe('heat.hot.even')
    await oven.clock.advance(1)
    expect(heatOf(oven)).toBe('heat.warm')
  })

  it('takes a named delay as it is on entry', async () => {
    const oven = makeTwin()
    oven.twin.observed(['heat.warm'], [])
    await oven.clock.advance(4999)
    expect(heatOf(oven)).toBe('heat.warm')
    await oven.clock.advance(1)
    expect(heatOf(oven)).toBe('heat.cold')
  })

  it('fires once, even where a guard refuses', async () => {
    const oven = makeTwin()
    oven.twin.observed(['door.open'], [])
    await oven.clock.advance(3000)
    oven.twin.send({ type: 'LOAD', count: 9 })
    await oven.clock.advance('1h')
    expect(oven.twin.belief()?.states[1]).toBe('door.open')
  })

  it('happens once with a live actor, and without one', async () => {
    const oven = makeTwin()
    const actor = createActor(oven.twin.logic, { clock: toTimers(oven.clock) }).start()
    const values: unknown[] = []
    oven.twin.observed(['heat.hot'], [])
    actor.subscribe(({ value }) => values.push(value.heat))
    await oven.clock.advance(10_000)
    expect(values).toEqual(['warm'])
    actor.stop()
    await oven.clock.advance(5000)
    expect(heatOf(oven)).toBe('heat.cold')
  })

  it('does not hang the process in a circle of delays that take no time', () => {
    const machine = setup({}).createMachine({
      initial: 'on',
      states: { on: { after: { 0: { target: 'off' } } }, off: { after: { 0: { target: 'on' } } } },
    })
    const { twin, clock } = makeTwin(machine)
    const record = { ...twin.toRecord(), source: 'checks' as const }
    const afters = [{ state: 'on', event: 'xstate.after.0.(machine).on', at: clock.now() }]
    twin.restore({ ...record, afters })
    expect(twin.belief()?.source).toBe('decay')
    expect(clock.pending).toBe(1)
  })
})
