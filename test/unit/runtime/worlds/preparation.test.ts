import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createActor, createMachine } from 'xstate'
import type { Trail } from '../../../../src/core/tasklet.ts'
import {
  Preparation,
  type PreparationLimits,
  type Prepared,
} from '../../../../src/runtime/worlds/preparation.ts'
import { type Kiln, makeKiln } from '../../../support/kiln.ts'
import { makeLiveWorld } from '../../../support/live-world.ts'
import { keptLog } from '../../../support/logs.ts'
import { allDone, ManualClock } from '../../../support/manual-clock.ts'

const LIMITS: PreparationLimits = { replans: 5, transitions: 50, detections: 5 }

/** Brings a kiln into a state, and tells how that ends once it has. */
function prepare(kiln: Kiln, targets: readonly string[], limits: Partial<PreparationLimits> = {}) {
  const clock = new ManualClock()
  const controller = new AbortController()
  const told: string[] = []
  const preparation = new Preparation(targets, {
    clock,
    world: makeLiveWorld({ plan: kiln.plan, world: kiln.world, clock, log: keptLog() }),
    log: keptLog(),
    limits: { ...LIMITS, ...limits },
    signal: controller.signal,
    move: async ({ task }) => void (await kiln.plan.tasks.get(task)?.run({} as never)),
    detected: (states) => told.push(`detected ${states}`),
    planned: ({ path, cost }) => told.push(`path ${path.map(({ to }) => to)} costs ${cost}`),
    tried: ({ task, outcome }) => told.push(`${task} ${outcome}`),
  })
  let ended: Prepared | undefined
  let failure: unknown
  const parent = createActor(createMachine({})).start()
  preparation.run(parent).then(
    (prepared) => {
      ended = prepared
    },
    (error) => {
      failure = error
    },
  )
  return { clock, told, controller, parent, ended: () => ended, failure: () => failure }
}

async function prepared(...given: Parameters<typeof prepare>) {
  const { clock, told, ended } = prepare(...given)
  await clock.advance('1h')
  expect(clock.pending).toBe(0)
  const result = ended()
  if (result === undefined) throw new Error('the preparation did not end')
  return { told, ...result }
}

const tried = ({ steps }: Trail) => steps.map(({ task, outcome }) => `${task} ${outcome}`)

describe('Preparation', () => {
  it('does nothing where the world is right already', async () => {
    const kiln = makeKiln()
    const { error, trail, states } = await prepared(kiln, ['hot', 'cold'])
    expect(error).toBeUndefined()
    expect(states).toEqual(['cold'])
    expect(trail).toEqual({ from: 'cold', target: 'hot | cold', steps: [] })
    expect(kiln.seen).toEqual([])
  })

  it('moves along the cheapest path, edge by edge', async () => {
    const kiln = makeKiln()
    const { error, trail, states, told } = await prepared(kiln, ['hot'])
    expect(error).toBeUndefined()
    expect(kiln.seen).toEqual(['warm', 'heat'])
    expect(states).toEqual(['hot'])
    expect(told).toEqual(['detected cold', 'path warm,hot costs 2', 'warm moved', 'heat moved'])
    expect(trail.steps[0]).toEqual({
      event: 'WARM',
      task: 'warm',
      from: 'cold',
      to: 'warm',
      cost: 1,
      duration: 0,
      outcome: 'moved',
      message: undefined,
    })
  })

  it('does not start an edge before the one before it was seen', async () => {
    const kiln = makeKiln()
    const done = Promise.withResolvers<void>()
    kiln.doings['warm'] = () => done.promise
    const { clock, ended } = prepare(kiln, ['hot'])
    done.resolve()
    await clock.advance(399)
    expect(kiln.seen).toEqual(['warm'])
    kiln.at = 'warm'
    await clock.advance(1)
    expect(kiln.seen).toEqual(['warm', 'heat'])
    expect(ended()?.states).toEqual(['hot'])
  })

  it('bans an edge that breaks, looks again, and takes the detour', async () => {
    const kiln = makeKiln()
    kiln.doings['warm'] = () => Promise.reject(new Error('no gas'))
    const { error, trail } = await prepared(kiln, ['hot'])
    expect(error).toBeUndefined()
    expect(tried(trail)).toEqual(['warm failed', 'blast moved'])
    expect(trail.steps[0]?.message).toBe('no gas')
  })

  it('goes on from wherever a broken edge has left the world', async () => {
    const kiln = makeKiln()
    kiln.doings['warm'] = () => {
      kiln.at = 'warm'
      throw new Error('late')
    }
    const { trail } = await prepared(kiln, ['hot'])
    expect(tried(trail)).toEqual(['warm failed', 'heat moved'])
  })

  it('asks after an edge again before it takes it for broken', async () => {
    const kiln = makeKiln()
    let asked = 0
    kiln.doings['warm'] = () => undefined
    kiln.answers['warm'] = () => {
      asked += 1
      return false
    }
    const { trail } = await prepared(kiln, ['hot'])
    expect(tried(trail)).toEqual(['warm failed', 'blast moved'])
    expect(trail.steps[0]?.message).toBe('the world was not seen in warm afterwards')
    // Twice for the two detections, three times to verify.
    expect(asked).toBe(5)
  })

  it('waits, a little longer each time, while no check recognises the world', async () => {
    const kiln = makeKiln()
    kiln.at = 'nowhere'
    const { clock, ended } = prepare(kiln, ['cold'])
    await clock.advance(100 + 200 + 399)
    kiln.at = 'cold'
    expect(ended()).toBeUndefined()
    await clock.advance(1)
    expect(ended()).toMatchObject({ states: ['cold'], error: undefined })
  })

  it('gives up a world that stays unrecognised, and says what every check answered', async () => {
    const kiln = makeKiln()
    kiln.at = 'nowhere'
    kiln.answers['warm'] = () => 'unknown'
    const { error, trail } = await prepared(kiln, ['hot'])
    expect(error).toMatchObject({
      kind: 'planning',
      reason: 'undetectable',
      message: expect.stringContaining('cold: false, warm: unknown, hot: false'),
    })
    expect(trail.from).toBeUndefined()
  })

  it('does not guess between states that exclude each other', async () => {
    const kiln = makeKiln()
    kiln.answers['hot'] = () => true
    const { error } = await prepared(kiln, ['warm'])
    expect(error).toMatchObject({
      reason: 'ambiguous',
      message: expect.stringContaining('cold and hot'),
    })
    expect(kiln.seen).toEqual([])
  })

  it('ends with the error of a check that throws', async () => {
    const kiln = makeKiln()
    kiln.answers['hot'] = () => {
      throw new Error('no sensor')
    }
    const { error } = await prepared(kiln, ['warm'])
    expect(error).toMatchObject({
      reason: 'check',
      message: 'cannot reach warm: the check of hot failed: no sensor',
      cause: { message: 'no sensor' },
    })
  })

  it('says so when no path leads there', async () => {
    const kiln = makeKiln()
    kiln.at = 'lost'
    const { error } = await prepared(kiln, ['hot', 'warm'])
    expect(error).toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('cannot reach hot or warm: no path leads from lost'),
    })
  })

  it('ends with the whole trail when every way is broken', async () => {
    const kiln = makeKiln()
    for (const task of ['warm', 'blast']) {
      kiln.doings[task] = () => Promise.reject(new Error(`${task} broke`))
    }
    const { error, trail } = await prepared(kiln, ['hot'])
    expect(tried(trail)).toEqual(['warm failed', 'blast failed'])
    expect(error).toMatchObject({ kind: 'planning', reason: 'unreachable' })
  })

  it('stops at the limit of replans', async () => {
    const kiln = makeKiln()
    for (const task of ['warm', 'blast']) {
      kiln.doings[task] = () => Promise.reject(new Error('broke'))
    }
    const { error, trail } = await prepared(kiln, ['hot'], { replans: 0 })
    expect(tried(trail)).toEqual(['warm failed'])
    expect(error).toMatchObject({
      reason: 'trail',
      message: expect.stringMatching(
        /limit of 0 replans .* cold --WARM--> warm \(warm\) failed: broke/,
      ),
    })
  })

  it('stops at the limit of transitions', async () => {
    const kiln = makeKiln()
    const { error, trail } = await prepared(kiln, ['hot'], { transitions: 1 })
    expect(tried(trail)).toEqual(['warm moved'])
    expect(error).toMatchObject({
      reason: 'trail',
      message: expect.stringContaining('limit of 1 transitions'),
    })
  })

  it.each(['detecting', 'waiting', 'moving', 'verifying'])(
    'rejects with the reason of the signal while %s, and leaves no timer',
    async (phase) => {
      const kiln = makeKiln()
      const { clock, controller, failure, ended } = prepare(kiln, ['hot'])
      if (phase === 'detecting') kiln.answers['cold'] = () => new Promise(() => {})
      if (phase === 'waiting') kiln.at = 'nowhere'
      if (phase === 'verifying') kiln.doings['warm'] = () => undefined
      kiln.doings['warm'] ??= () =>
        new Promise((_, reject) => {
          controller.signal.addEventListener('abort', () => reject(new Error('stopped')))
        })
      await allDone()
      const reason = new Error('cancelled')
      controller.abort(reason)
      await allDone()
      expect(failure()).toBe(reason)
      expect(ended()).toBeUndefined()
      expect(clock.pending).toBe(0)
    },
  )

  it.each(['gives up', 'goes on'])(
    'says nothing to a parent that ended before it %s',
    async (how) => {
      const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
      onTestFinished(() => warned.mockRestore())
      const kiln = makeKiln()
      kiln.at = 'hot'
      const asked = Promise.withResolvers<boolean>()
      kiln.answers['hot'] = () => asked.promise
      const { controller, parent, failure } = prepare(kiln, ['hot'])
      await allDone()
      const reason = new Error('the time is over')
      controller.abort(reason)
      parent.stop()
      if (how === 'gives up') asked.reject(reason)
      else asked.resolve(true)
      await allDone()
      expect(failure()).toBe(reason)
      expect(warned).not.toHaveBeenCalled()
    },
  )
})
