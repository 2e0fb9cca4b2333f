import { describe, expect, it } from 'vitest'
import { type AnyActorRef, createActor, setup } from 'xstate'
import { toTimers } from '../../../support/manual-clock.ts'
import { makeTwin, ovenMachine } from '../../../support/twins.ts'

function superviseTwin() {
  const oven = makeTwin()
  const errors: unknown[] = []
  const base = setup({ actors: { twin: oven.twin.logic } })
  const machine = base.createMachine({
    entry: base.spawnChild('twin', { id: 'twin' }),
    on: {
      'xstate.error.actor.twin': {
        actions: [base.stopChild('twin'), ({ event }) => void errors.push(event['error' as never])],
      },
      restart: { actions: base.spawnChild('twin', { id: 'twin' }) },
    },
  })
  const root = createActor(machine, { clock: toTimers(oven.clock) }).start()
  return { ...oven, errors, root }
}

describe('a twin under supervision', () => {
  it('comes back from its last good belief after the machine threw', async () => {
    const { twin, clock, errors, root } = superviseTwin()
    twin.observed(['heat.hot', 'door.open'], [])
    const crashed = twin.actor
    twin.send({ type: 'GAUGE' })
    expect(errors).toMatchObject([{ message: expect.stringContaining('the gauge is broken') }])
    expect(twin.actor).toBeUndefined()
    expect(twin.belief()?.states).toEqual(['heat.hot.even', 'door.open'])

    root.send({ type: 'restart' })
    const actor = twin.actor as AnyActorRef
    expect(actor).not.toBe(crashed)
    expect(actor.getSnapshot().value).toEqual({ heat: { hot: 'even' }, door: 'open' })
    await clock.advance(10_000)
    expect(actor.getSnapshot().value).toEqual({ heat: 'warm', door: 'open' })
  })

  it('learns and decays also between crash and restart', async () => {
    const { twin, clock, root } = superviseTwin()
    twin.observed(['heat.cold'], [])
    twin.send({ type: 'GAUGE' })
    twin.moved('HEAT', ['heat.hot'])
    await clock.advance(10_000)
    expect(twin.belief()).toMatchObject({ source: 'decay' })
    root.send({ type: 'restart' })
    expect(twin.actor?.getSnapshot().value).toEqual({ heat: 'warm', door: 'closed' })
  })

  it('believes verified states although the machine threw at the event that led there', () => {
    const { twin, errors } = superviseTwin()
    twin.observed(['heat.cold'], [])
    twin.moved('GAUGE', ['heat.hot'])
    expect(errors).toHaveLength(1)
    expect(twin.belief()).toMatchObject({ states: ['heat.hot.even', 'door.closed'] })
    expect(twin.belief()?.source).toBe('transition')
  })

  it('reports what the machine throws while no actor is there', () => {
    const { twin, failures } = makeTwin()
    twin.observed(['heat.hot'], [])
    twin.send({ type: 'GAUGE' })
    expect(failures).toMatchObject([{ message: expect.stringContaining('the gauge is broken') }])
    expect(twin.belief()?.states[0]).toBe('heat.hot.even')
  })

  it('believes nothing when a delay cannot be computed for where the world was seen', () => {
    const throwing = () => {
      throw new Error('no such delay')
    }
    const { twin, failures } = makeTwin(ovenMachine.provide({ delays: { coolingTime: throwing } }))
    twin.observed(['heat.cold'], [])
    twin.observed(['heat.warm'], [])
    expect(failures).toHaveLength(1)
    expect(twin.belief()).toBeUndefined()
  })
})
