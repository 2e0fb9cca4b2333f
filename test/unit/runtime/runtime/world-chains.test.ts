import { describe, expect, it } from 'vitest'
import type { RuntimeEvent } from '../../../../src/core/events.ts'
import { makeKiln } from '../../../support/kiln.ts'
import { startRuntime } from '../../../support/runtimes.ts'

const named = (events: readonly RuntimeEvent[], name: string) =>
  events.filter((event) => event.name === name)

/** A task `swing` that is set off by what is believed of the world, and moves it. */
async function startSwing(settings: object, run: () => unknown = () => undefined) {
  let runs = 0
  const count = () => {
    runs += 1
    // It would go on for ever, and the test with it.
    if (runs < 20) return run()
    throw new Error('too often')
  }
  const kiln = makeKiln(
    { swing: { ...settings, run: count }, look: { requires: 'cold', run: () => undefined } },
    { schedules: { swings: { task: 'swing', on: 'belief.changed' } } },
  )
  const { runtime, clock, events } = await startRuntime(kiln.plan)
  const settle = async () => {
    for (let turn = 0; turn < 30; turn += 1) await clock.advance('1s')
  }
  return { runtime, clock, events, kiln, settle, runs: () => runs }
}

describe('A task that is set off by a belief', () => {
  it('runs once in a chain, however it moves the world', async () => {
    const { runtime, events, settle, runs, kiln } = await startSwing(
      { requires: 'hot', leaves: 'cold' },
      () => {
        kiln.at = 'cold'
      },
    )
    await runtime.call('kiln/look')
    await settle()
    expect(runs()).toBe(1)
    expect(named(events, 'event.cut')).not.toHaveLength(0)
    const [first, ...others] = named(events, 'belief.changed')
    expect(first?.lineage).toMatchObject({ depth: 0, triggers: [] })
    expect(others.map(({ data }) => data)).toEqual([
      { plan: 'kiln', states: ['warm'], source: 'transition' },
      { plan: 'kiln', states: ['hot'], source: 'transition' },
      { plan: 'kiln', states: ['cold'], source: 'task' },
    ])
    for (const { lineage } of others) {
      expect(lineage).toMatchObject({
        correlationId: first?.lineage.id,
        causationId: first?.lineage.id,
        triggers: ['kiln/swings'],
      })
    }
    // Another chain is another matter.
    kiln.at = 'warm'
    await runtime.plan('kiln').state()
    await settle()
    expect(runs()).toBe(2)
  })

  it('runs once too when it disturbs the world, or cannot move it', async () => {
    const disturbing = await startSwing({ disturbs: true })
    await disturbing.runtime.call('kiln/look')
    await disturbing.settle()
    expect(disturbing.runs()).toBe(1)
    const failing = await startSwing({ requires: 'hot' })
    for (const way of ['warm', 'heat', 'blast']) {
      failing.kiln.doings[way] = () => {
        throw new Error('no gas')
      }
    }
    await failing.runtime.call('kiln/look')
    await failing.settle()
    expect(named(failing.events, 'schedule.fired')).toHaveLength(1)
    const voided = named(failing.events, 'belief.changed').filter(
      ({ data }) => (data as { source: string }).source === 'disturbed',
    )
    expect(voided).not.toHaveLength(0)
    for (const { lineage } of voided) expect(lineage.triggers).toEqual(['kiln/swings'])
  })
})
