import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, type AnyStateNode, createActor } from 'xstate'
import { innermostStates } from '../../../../src/runtime/twins/placement.ts'
import { type ManualClock, toTimers } from '../../../support/manual-clock.ts'
import { makeTwin, ovenMachine, pathsBelow } from '../../../support/twins.ts'

const EVENTS = ['HEAT', 'GLOW', 'OPEN', 'CLOSE', 'LOAD', 'sensor.dropped']
const STATES = pathsBelow(ovenMachine.root)

const send = fc.record({ kind: fc.constant('send' as const), type: fc.constantFrom(...EVENTS) })
const pass = fc.record({
  kind: fc.constant('pass' as const),
  duration: fc.integer({ min: 0, max: 6000 }),
})
const state = fc.constantFrom(...STATES)
const observe = fc.record({ kind: fc.constant('observed' as const), state })
const move = fc.record({
  kind: fc.constant('moved' as const),
  state,
  type: fc.constantFrom(...EVENTS),
})
const leave = fc.record({ kind: fc.constant('left' as const), state })
const disturb = fc.record({ kind: fc.constant('disturbed' as const) })
const anyStep = fc.oneof(send, pass, observe, move, leave, disturb)

/** One child of each active compound state, every child of each active parallel one. */
function isLegal(machine: AnyStateMachine, leaves: readonly string[]): boolean {
  const isActive = (node: AnyStateNode) => {
    const path = node.path.join('.')
    return path === '' || leaves.some((leaf) => leaf === path || leaf.startsWith(`${path}.`))
  }
  const isWhole = (node: AnyStateNode): boolean => {
    const children = Object.values<AnyStateNode>(node.states)
    const active = children.filter(isActive)
    const count = node.type === 'parallel' ? children.length : Math.min(children.length, 1)
    return active.length === count && active.every(isWhole)
  }
  return isWhole(machine.root)
}

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never
type Laboratory = ReturnType<typeof makeTwin>

async function take(step: Step, { twin, clock }: Laboratory): Promise<void> {
  switch (step.kind) {
    case 'send':
      return twin.send({ type: step.type })
    case 'pass':
      return clock.advance(step.duration)
    case 'observed':
      return twin.observed([step.state], [])
    case 'moved':
      return twin.moved(step.type, [step.state])
    case 'left':
      return twin.left(step.state)
    case 'disturbed':
      return twin.disturbed()
  }
}

function isActive(state: string, leaves: readonly string[]): boolean {
  return leaves.some((leaf) => `${leaf}.`.startsWith(`${state}.`))
}

function expectSound({ twin, clock }: Laboratory): void {
  const states = twin.belief()?.states ?? []
  const { afters } = twin.toRecord()
  if (twin.belief() !== undefined) expect(isLegal(ovenMachine, states)).toBe(true)
  for (const { state, at } of afters) {
    expect(isActive(state, states)).toBe(true)
    expect(at).toBeGreaterThan(clock.now())
  }
}

/** The timers of an ordinary actor, and when they are due. */
function watchTimers(clock: ManualClock) {
  const { setTimeout, clearTimeout } = toTimers(clock)
  const due = new Map<() => void, number>()
  const timers = {
    setTimeout(fn: () => void, delay: number) {
      const cancel = setTimeout(() => {
        due.delete(cancel)
        fn()
      }, delay)
      due.set(cancel, clock.now() + delay)
      return cancel
    },
    clearTimeout(cancel: () => void) {
      due.delete(cancel)
      clearTimeout(cancel)
    },
  }
  return { timers, due }
}

describe('a twin, whatever happens to it', () => {
  it('believes only what the machine allows, and waits only for what is active', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
        const laboratory = makeTwin()
        for (const step of steps) {
          await take(step, laboratory)
          expectSound(laboratory)
          const states = laboratory.twin.belief()?.states ?? []
          if ('state' in step) expect(isActive(step.state, states)).toBe(true)
        }
        expect(laboratory.failures).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('decays at the times at which a plain actor does, where nothing is corrected', async () => {
    const uncorrected = fc.array(fc.oneof(send, pass), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(uncorrected, fc.boolean(), async (steps, isLive) => {
        const laboratory = makeTwin()
        const { twin, clock } = laboratory
        const { timers, due } = watchTimers(clock)
        const plain = createActor(ovenMachine, { clock: timers }).start()
        if (isLive) createActor(twin.logic, { clock: toTimers(clock) }).start()
        twin.observed(['heat.cold', 'door.closed'], [])
        for (const step of steps) {
          await take(step, laboratory)
          if (step.kind === 'send') plain.send({ type: step.type })
          const { context } = plain.getSnapshot()
          const states = innermostStates(plain.getSnapshot())
          expect(twin.belief()).toMatchObject({ states, context })
          const afters = twin.toRecord().afters.map(({ at }) => at)
          expect(afters).toEqual([...due.values()].sort((a, b) => a - b))
        }
      }),
      { numRuns: 60 },
    )
  })
})
