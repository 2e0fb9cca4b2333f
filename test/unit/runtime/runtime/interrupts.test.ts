import { describe, expect, it } from 'vitest'
import type { Victims } from '../../../../src/plan/model.ts'
import { allDone } from '../../../support/manual-clock.ts'
import { startRuntime } from '../../../support/runtimes.ts'
import { makeBurningKiln } from './burning-kiln.ts'

describe('an interrupt with requeue', () => {
  it('sends the work back without spending an attempt; it plans again and completes', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm.**', run: 'quench' } })
    const { runtime } = await startRuntime(kiln.plan)
    const victim = await runtime.submit('kiln/fire')
    await allDone()
    runtime.events.emit('alarm.smoke', { where: 'left' })
    await allDone()
    gates.quench.resolve()
    await allDone()
    gates.fire.resolve()
    expect(await victim.result()).toBe('fired')
    expect(kiln.seen).toEqual([
      ...['warm', 'heat', 'fire in hot', 'fire told to stop'],
      ...['quench for alarm.smoke', 'warm', 'heat', 'fire in hot'],
    ])
    expect(await runtime.get(victim.id)).toMatchObject({
      status: 'completed',
      attempts: 0,
      interruptions: 1,
      trail: { from: 'cold', steps: [{ event: 'WARM' }, { event: 'HEAT' }] },
    })
  })

  it('puts the work before what was queued after it, and its handler before both', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench' } })
    const { runtime } = await startRuntime(kiln.plan, { concurrency: 1 })
    const victim = await runtime.submit('kiln/fire')
    await allDone()
    const next = await runtime.submit('kiln/load')
    runtime.events.emit('alarm', {})
    await allDone()
    for (const gate of [gates.quench, gates.fire]) gate.resolve()
    await Promise.all([victim.result(), next.result()])
    const [, , ...after] = kiln.seen.slice(kiln.seen.indexOf('fire in hot'))
    expect(after).toEqual([
      'quench for alarm',
      'warm',
      'heat',
      'fire in hot',
      'cool',
      'load in cold',
    ])
  })

  it('fails work that is in the way more often than it may be', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench' } })
    const { runtime } = await startRuntime(kiln.plan, { maxInterruptions: 1 })
    gates.quench.resolve()
    const victim = await runtime.submit('kiln/fire', undefined, { retry: { attempts: 9 } })
    for (let time = 0; time < 2; time += 1) {
      await allDone()
      expect(await victim.status()).toBe('running')
      runtime.events.emit('alarm', {})
      await allDone()
    }
    await expect(victim.result()).rejects.toThrow('was interrupted once before and now again')
    expect(await runtime.get(victim.id)).toMatchObject({ status: 'failed', attempts: 0 })
  })

  it('waits for the real end of its victims before its handler starts', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench' } })
    const { runtime } = await startRuntime(kiln.plan)
    gates.stop = Promise.withResolvers<void>()
    await runtime.submit('kiln/fire')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    expect(kiln.seen.slice(-1)).toEqual(['fire told to stop'])
    gates.stop.resolve()
    await allDone()
    expect(kiln.seen.slice(-1)).toEqual(['quench for alarm'])
  })

  it('stops work while its world is being prepared, too', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench' } })
    const { runtime } = await startRuntime(kiln.plan)
    kiln.doings['heat'] = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const victim = await runtime.submit('kiln/fire')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    delete kiln.doings['heat']
    for (const gate of [gates.quench, gates.fire]) gate.resolve()
    expect(await victim.result()).toBe('fired')
    expect(kiln.seen).toEqual(['warm', 'heat', 'quench for alarm', 'warm', 'heat', 'fire in hot'])
    expect(await runtime.get(victim.id)).toMatchObject({ attempts: 0, interruptions: 1 })
  })
})

describe('an interrupt with cancel', () => {
  it('ends the work as cancelled, and only that which is meant', async () => {
    const victims = { policy: 'cancel', tags: ['batch'] }
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench', victims } })
    const { runtime } = await startRuntime(kiln.plan)
    const meant = await runtime.submit('kiln/fire', undefined, { tags: ['batch'] })
    const spared = await runtime.submit('kiln/fire')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    expect(await runtime.get(meant.id)).toMatchObject({
      status: 'cancelled',
      error: { kind: 'cancelled', message: 'interrupt "kiln/alarm" cancelled it' },
    })
    expect(await spared.status()).toBe('running')
    for (const gate of [gates.quench, gates.fire]) gate.resolve()
    expect(await spared.result()).toBe('fired')
  })
})

describe('an interrupt with pause', () => {
  const victims = 'pause' satisfies Victims['policy']

  it('holds the work at its checkpoint while the handler runs', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'look', victims } })
    const { runtime } = await startRuntime(kiln.plan)
    const victim = await runtime.submit('kiln/fire')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    expect(kiln.seen.slice(-1)).toEqual(['fire in hot'])
    gates.fire.resolve()
    await allDone()
    expect(kiln.seen.slice(-1)).toEqual(['look in hot'])
    expect(await victim.status()).toBe('running')
    gates.look.resolve()
    expect(await victim.result()).toBe('fired')
    expect(await runtime.get(victim.id)).toMatchObject({ deliveries: 1, interruptions: 0 })
  })

  it('sends it back to plan again when its state is gone afterwards', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench', victims } })
    const { runtime } = await startRuntime(kiln.plan)
    const victim = await runtime.submit('kiln/fire')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    gates.fire.resolve()
    gates.quench.resolve()
    expect(await victim.result()).toBe('fired')
    const after = kiln.seen.slice(kiln.seen.indexOf('quench for alarm') + 1)
    expect(after).toEqual(['fire told to stop', 'warm', 'heat', 'fire in hot'])
    expect(await runtime.get(victim.id)).toMatchObject({ deliveries: 2, interruptions: 1 })
  })
})
