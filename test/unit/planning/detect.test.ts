import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { World } from '../../../src/plan/model.ts'
import { decide, detect } from '../../../src/planning/detect.ts'
import { createManualClock } from './manual-clock.ts'
import { toWorld } from './world.ts'

const checked = (rest: object = {}) => ({ meta: { check: 'check', ...rest } })

const service = (stopped: object = {}) =>
  toWorld({
    initial: 'stopped',
    states: {
      stopped: checked(stopped),
      up: {
        ...checked(),
        initial: 'serving',
        states: { serving: checked(), drained: checked() },
      },
    },
  })

const rooms = toWorld({
  type: 'parallel',
  states: {
    lamp: { initial: 'off', states: { off: checked(), on: checked() } },
    oven: { initial: 'off', states: { off: checked(), on: checked() } },
  },
})

/** Detects with checks that answer as given, by state; all others answer false. */
function detectWith(world: World, answers: Record<string, unknown>) {
  return detect(world, {
    clock: createManualClock(),
    run: async ({ path }) => (path in answers ? answers[path] : false),
  })
}

describe('detect', () => {
  it('finds the one state whose check says yes', async () => {
    expect(await detectWith(service(), { stopped: true })).toEqual({
      outcome: 'detected',
      states: ['stopped'],
      warnings: [],
      evidence: [
        { state: 'stopped', answer: true, duration: 0 },
        { state: 'up', answer: false, duration: 0 },
        { state: 'up.serving', answer: false, duration: 0 },
        { state: 'up.drained', answer: false, duration: 0 },
      ],
    })
  })

  it('takes the deepest of nested states', async () => {
    expect(await detectWith(service(), { up: true, 'up.drained': true })).toMatchObject({
      outcome: 'detected',
      states: ['up.drained'],
    })
  })

  it('takes states of different regions together', async () => {
    expect(await detectWith(rooms, { 'lamp.on': true, 'oven.off': true })).toMatchObject({
      outcome: 'detected',
      states: ['lamp.on', 'oven.off'],
    })
  })

  it('finds states that exclude each other ambiguous', async () => {
    const answers = { stopped: true, up: true, 'up.serving': true }
    expect(await detectWith(service(), answers)).toMatchObject({
      outcome: 'ambiguous',
      states: ['stopped', 'up.serving'],
    })
    expect(
      await detectWith(rooms, { 'lamp.on': true, 'lamp.off': true, 'oven.on': true }),
    ).toMatchObject({ outcome: 'ambiguous', states: ['lamp.off', 'lamp.on'] })
  })

  it('lets the higher priority win, with a warning', async () => {
    const detection = await detectWith(service({ priority: 10 }), { stopped: true, up: true })
    expect(detection).toMatchObject({
      outcome: 'detected',
      states: ['stopped'],
      warnings: ['"up" and "stopped" both answered true; "stopped" has the higher priority'],
    })
  })

  it('lets the priority of an outer state count for the inner one', async () => {
    const world = toWorld({
      initial: 'a',
      states: {
        a: { ...checked({ priority: 10 }), initial: 'x', states: { x: checked() } },
        b: checked({ priority: 5 }),
      },
    })
    expect(await detectWith(world, { a: true, 'a.x': true, b: true })).toMatchObject({
      outcome: 'detected',
      states: ['a.x'],
    })
  })

  it('finds nothing when no check says yes', async () => {
    expect(await detectWith(service(), { up: 'unknown' })).toMatchObject({
      outcome: 'undetectable',
      evidence: [{}, { state: 'up', answer: 'unknown' }, {}, {}],
    })
  })

  it.each([undefined, null, 1, 'yes', {}])('refuses %j as an answer', async (answer) => {
    expect(await detectWith(service(), { stopped: true, up: answer })).toMatchObject({
      outcome: 'check',
      state: 'up',
      error: expect.any(TypeError),
      evidence: [{ answer: true }, { answer: 'error' }, {}, {}],
    })
  })

  it('names the first state whose check throws, also when it throws at once', async () => {
    const error = new Error('no sensor')
    const detection = await detect(service(), {
      clock: createManualClock(),
      run: ({ path }) => {
        if (path === 'stopped') return Promise.resolve(true)
        throw error
      },
    })
    expect(detection).toMatchObject({ outcome: 'check', state: 'up', error })
  })

  it('aborts a check at its timeout and counts it as no answer', async () => {
    const clock = createManualClock()
    const signals = new Map<string, AbortSignal>()
    const detection = detect(service({ timeout: 50 }), {
      clock,
      run: ({ path }, signal) => {
        signals.set(path, signal)
        return path === 'stopped' ? new Promise(() => {}) : Promise.resolve(path === 'up')
      },
    })
    clock.advance(50)
    expect(await detection).toMatchObject({
      outcome: 'detected',
      states: ['up'],
      evidence: [{ state: 'stopped', answer: 'timeout', duration: 50 }, {}, {}, {}],
    })
    expect(signals.get('stopped')?.aborted).toBe(true)
    expect(signals.get('up')?.aborted).toBe(false)
    expect(clock.pending()).toBe(0)
  })

  it('runs serial checks one after another, then the others, each kind in the given order', async () => {
    const world = toWorld({
      initial: 'a',
      states: {
        a: checked({ serial: true }),
        b: checked(),
        c: checked({ serial: true }),
        d: checked(),
      },
    })
    const log: string[] = []
    await detect(world, {
      clock: createManualClock(),
      order: (path) => ({ c: 0, d: 1, b: 2 })[path] ?? Number.POSITIVE_INFINITY,
      run: async ({ path }) => {
        log.push(`${path} starts`)
        await Promise.resolve()
        log.push(`${path} ends`)
        return false
      },
    })
    const serial = ['c starts', 'c ends', 'a starts', 'a ends']
    expect(log).toEqual([...serial, 'd starts', 'b starts', 'd ends', 'b ends'])
  })

  it('rejects and aborts its checks when it is told to stop', async () => {
    const stop = new AbortController()
    const signals: AbortSignal[] = []
    const clock = createManualClock()
    const detection = detect(service(), {
      clock,
      signal: stop.signal,
      run: (_, signal) => {
        signals.push(signal)
        return new Promise(() => {})
      },
    })
    stop.abort(new Error('stopped'))
    await expect(detection).rejects.toThrow('stopped')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true])
    expect(clock.pending()).toBe(0)
  })

  it('answers the same whichever check ends first', async () => {
    const paths = [...service().states.keys()]
    const answers = fc.constantFrom(true, false, 'unknown', 'oops')
    const property = fc.asyncProperty(
      fc.array(answers, { minLength: 4, maxLength: 4 }),
      fc.shuffledSubarray(paths, { minLength: 4 }),
      async (given, order) => {
        const results = paths.map(() => Promise.withResolvers<unknown>())
        const detection = detect(service(), {
          clock: createManualClock(),
          run: ({ path }) => results[paths.indexOf(path)]?.promise ?? Promise.resolve(),
        })
        for (const path of order) {
          results[paths.indexOf(path)]?.resolve(given[paths.indexOf(path)])
          await Promise.resolve()
        }
        const plain = Object.fromEntries(paths.map((path, index) => [path, given[index]]))
        expect(await detection).toEqual(await detectWith(service(), plain))
      },
    )
    await fc.assert(property, { numRuns: 50 })
  })
})

describe('decide', () => {
  it('never reports two states that exclude each other as detected', () => {
    const paths = ['stopped', 'up', 'up.serving', 'up.drained']
    const property = fc.property(
      fc.array(fc.record({ answer: fc.boolean(), priority: fc.nat(2) }), {
        minLength: 4,
        maxLength: 4,
      }),
      (draws) => {
        const world = service()
        const states = paths.map((path, index) => {
          const state = world.states.get(path)
          return [path, { ...state, priority: draws[index]?.priority }] as const
        })
        const evidence = paths.map((state, index) => {
          return { state, answer: draws[index]?.answer ?? false, duration: 0 }
        })
        const detection = decide({ ...world, states: new Map(states) } as World, evidence)
        const claimed = evidence.filter(({ answer }) => answer).length
        expect(detection.outcome === 'undetectable').toBe(claimed === 0)
        if (detection.outcome === 'detected') expect(detection.states).toHaveLength(1)
        if (detection.outcome === 'ambiguous') expect(detection.states.length).toBeGreaterThan(1)
      },
    )
    fc.assert(property)
  })
})
