import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Runtime } from '../../../../src/runtime/runtime.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { sqliteStore } from '../../../../src/stores/sqlite/store.ts'
import { newDatabaseFile } from '../../../support/database-file.ts'
import { keptLog } from '../../../support/logs.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'
import { planOf, startRuntime } from '../../../support/runtimes.ts'
import { makeBurningKiln } from './burning-kiln.ts'

describe('the scope of an interrupt', () => {
  it.each([
    ['plan', 'running'],
    ['runtime', 'pending'],
  ])('%s: work of another plan is %s meanwhile', async (scope, status) => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench', scope } })
    const mill = planOf({
      grind: ({ signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    const clock = new ManualClock()
    const options = { clock, logger: keptLog(), concurrency: 4, grace: 0 }
    const runtime = new Runtime([kiln.plan, mill], memoryStore(), options)
    await runtime.start()
    onTestFinished(() => runtime.stop())
    const other = await runtime.submit('plan/grind')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    expect(kiln.seen).toEqual(['quench for alarm'])
    expect(await other.status()).toBe(status)
    gates.quench.resolve()
    await allDone()
    expect(await other.status()).toBe('running')
  })

  it('is closed to everything until the world is back where the rule wants it', async () => {
    const rule = { on: 'alarm', run: 'quench', returnTo: 'warm' }
    const { kiln, gates } = makeBurningKiln({ alarm: rule })
    kiln.at = 'warm'
    const { runtime, events } = await startRuntime(kiln.plan)
    runtime.events.emit('alarm', {})
    await allDone()
    const waiting = await runtime.submit('kiln/load', undefined, { priority: 'interrupt' })
    await allDone()
    expect(kiln.seen).toEqual(['quench for alarm'])
    const explanation = await runtime.explain(waiting.id)
    expect(explanation.runnable).toBe(false)
    gates.quench.resolve()
    await waiting.result()
    expect(kiln.seen).toEqual(['quench for alarm', 'warm', 'rest', 'load in cold'])
    const told = events.filter(({ name }) => name.startsWith('interrupt.'))
    expect(told.map(({ name }) => name)).toEqual(['interrupt.fired', 'interrupt.ended'])
  })
})

describe('the condition of an interrupt', () => {
  it('is looked at again only when the cooldown from the end of its handler is over', async () => {
    const looks: number[] = []
    const rule = { when: 'isBurning', every: '1s', run: 'quench', cooldown: '30s' }
    const isBurning = () => {
      looks.push((clock.now() - start) / 1000)
      return kiln.at === 'hot'
    }
    const { kiln, gates } = makeBurningKiln({ alarm: rule }, { isBurning })
    const clock = new ManualClock()
    const start = clock.now()
    const { runtime } = await startRuntime(kiln.plan, {}, undefined, clock)
    await clock.advance('2s')
    kiln.at = 'hot'
    await clock.advance('11s')
    gates.quench.resolve()
    await allDone()
    expect(runtime.interrupts.list()).toMatchObject([{ state: 'cooling', handler: undefined }])
    await clock.advance('31s')
    expect(looks).toEqual([0, 1, 2, 3, 43, 44])
  })

  it('is not looked at while the rule is switched off', async () => {
    const { kiln } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench' } })
    const { runtime } = await startRuntime(kiln.plan)
    await runtime.interrupts.disable('kiln/alarm')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    expect([kiln.seen, runtime.interrupts.list()]).toMatchObject([[], [{ state: 'disabled' }]])
    await runtime.interrupts.enable('kiln/alarm')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    expect(kiln.seen).toEqual(['quench for alarm'])
  })
})

describe('the handler of an interrupt', () => {
  const rules = {
    small: { on: 'small', run: 'quench', priority: 200 },
    same: { on: 'same', run: 'look', priority: 200 },
    great: { on: 'great', run: 'look', priority: 10 },
  }

  it('is interrupted by a rule that matters more, and runs again after it', async () => {
    const { kiln, gates } = makeBurningKiln(rules)
    const { runtime } = await startRuntime(kiln.plan)
    runtime.events.emit('small', {})
    await allDone()
    runtime.events.emit('great', {})
    await allDone()
    expect(kiln.seen).toEqual(['quench for small', 'look in cold'])
    gates.look.resolve()
    gates.quench.resolve()
    await allDone()
    expect(kiln.seen).toEqual(['quench for small', 'look in cold', 'quench for small'])
    const states = runtime.interrupts.list().map(({ state }) => state)
    expect(states).toEqual(['watching', 'watching', 'watching'])
  })

  it('is not interrupted by a rule that matters as much, which waits for its turn', async () => {
    const { kiln, gates } = makeBurningKiln(rules)
    const { runtime } = await startRuntime(kiln.plan)
    runtime.events.emit('small', {})
    await allDone()
    runtime.events.emit('same', {})
    await allDone()
    expect(kiln.seen).toEqual(['quench for small'])
    expect(runtime.interrupts.list()[1]).toMatchObject({ state: 'queued' })
    gates.quench.resolve()
    await allDone()
    expect(kiln.seen).toEqual(['quench for small', 'look in cold'])
  })

  it('is visible and can be cancelled; then the scope opens', async () => {
    const { kiln, gates } = makeBurningKiln({ alarm: { on: 'alarm', run: 'quench' } })
    const { runtime, events } = await startRuntime(kiln.plan)
    const victim = await runtime.submit('kiln/fire')
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    const [{ handler } = { handler: undefined }] = runtime.interrupts.list()
    const id = handler ?? ''
    expect(await runtime.get(id)).toMatchObject({
      ...{ source: 'interrupt', queue: 'interrupt', status: 'running', task: 'quench' },
      event: { name: 'alarm' },
    })
    await runtime.cancel(id)
    gates.fire.resolve()
    expect(await victim.result()).toBe('fired')
    expect(await runtime.get(id)).toMatchObject({ status: 'cancelled' })
    expect(events.filter(({ name }) => name === 'interrupt.failed')).toHaveLength(1)
  })
})

describe('an interrupt whose process dies in the middle', () => {
  it('is brought to its end by the next one, before anything else in its scope runs', async () => {
    const file = newDatabaseFile()
    const rules = { alarm: { on: 'alarm', run: 'quench', returnTo: 'warm' } }
    const before = makeBurningKiln(rules)
    // Its clock stands still: it renews no lease, as if it were dead.
    const dead = await startRuntime(before.kiln.plan, { grace: 0 }, sqliteStore(file))
    const { id } = await dead.runtime.submit('kiln/fire')
    await allDone()
    dead.runtime.events.emit('alarm', {})
    await allDone()
    expect(before.kiln.seen.slice(-1)).toEqual(['quench for alarm'])

    const after = makeBurningKiln(rules)
    for (const gate of [after.gates.quench, after.gates.fire]) gate.resolve()
    const { runtime, clock } = await startRuntime(after.kiln.plan, {}, sqliteStore(file))
    expect(runtime.interrupts.list()).toMatchObject([{ state: 'handling' }])
    await clock.advance('1s')
    expect(after.kiln.seen).toEqual([])
    await clock.advance('1m')
    const ended = { status: 'completed', interruptions: 1 }
    await vi.waitFor(async () => expect(await runtime.get(id)).toMatchObject(ended))
    expect(after.kiln.seen).toEqual(['quench for alarm', 'warm', 'heat', 'fire in hot'])
    expect(runtime.interrupts.list()).toMatchObject([{ state: 'watching', handler: undefined }])
  })

  it('stays switched off for the next process', async () => {
    const file = newDatabaseFile()
    const rules = { alarm: { on: 'alarm', run: 'quench' } }
    const first = await startRuntime(makeBurningKiln(rules).kiln.plan, {}, sqliteStore(file))
    await first.runtime.interrupts.disable('kiln/alarm')
    await first.runtime.stop()
    const { kiln } = makeBurningKiln(rules)
    const { runtime } = await startRuntime(kiln.plan, {}, sqliteStore(file))
    await allDone()
    runtime.events.emit('alarm', {})
    await allDone()
    expect(kiln.seen).toEqual([])
    expect(runtime.interrupts.list()).toMatchObject([{ state: 'disabled', enabled: false }])
  })
})
