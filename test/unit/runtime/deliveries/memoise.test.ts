import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  createMachine,
  type InspectionEvent,
  type Snapshot,
  setup,
} from 'xstate'
import { type TaskletEventType, taskletMachine } from '../../../../machines/tasklet.ts'
import { memoise } from '../../../../src/runtime/deliveries/memoise.ts'

const EVENTS = taskletMachine.events as TaskletEventType[]
const SEQUENCES = fc.array(fc.constantFrom(...EVENTS), { maxLength: 25 })

/** A machine made of `make`, whose effects and inspection are written down under its own name. */
function watch(make: (machine: typeof taskletMachine) => typeof taskletMachine) {
  const effects: string[] = []
  const note =
    (name: string) =>
    ({ event, self }: { event: { type: string }; self: { id: string } }) =>
      void effects.push(`${self.id} ${name} after ${event.type}`)
  const logic = make(
    taskletMachine.provide({
      actions: {
        acquire: note('acquire'),
        prepare: note('prepare'),
        execute: note('execute'),
        settle: note('settle'),
      },
    }),
  )
  return {
    effects,
    start(id: string, snapshot?: Snapshot<unknown>) {
      const inspected: string[] = []
      const inspect = (event: InspectionEvent) => {
        if (event.type !== '@xstate.microstep') inspected.push(describeInspection(event))
      }
      const options = snapshot === undefined ? { id, inspect } : { id, inspect, snapshot }
      const actor = createActor(logic, options)
      actor.start()
      return { actor, inspected }
    },
  }
}

function describeInspection(event: InspectionEvent): string {
  switch (event.type) {
    case '@xstate.snapshot': {
      const { status, value } = event.snapshot as AnyMachineSnapshot
      return `snapshot ${event.event.type} ${status} ${JSON.stringify(value)}`
    }
    case '@xstate.event':
      return `event ${event.event.type}`
    case '@xstate.action':
      return `action ${event.action.type}`
    default:
      return event.type
  }
}

function shownBy({ actor }: { actor: ReturnType<ReturnType<typeof watch>['start']>['actor'] }) {
  const snapshot = actor.getSnapshot()
  const { value, status, output, error, context } = snapshot
  const can = EVENTS.filter((type) => snapshot.can({ type }))
  return { value, status, output, error, context, can, tags: [...snapshot.tags] }
}

describe('a memoised tasklet machine', () => {
  it('is equal to the plain one on every sequence of events', () => {
    // XState's development build warns of events to an actor that has ended.
    vi.spyOn(console, 'warn').mockReturnValue()
    const [plain, memoised] = [watch((machine) => machine), watch(memoise)]
    fc.assert(
      fc.property(SEQUENCES, (events) => {
        plain.effects.length = 0
        memoised.effects.length = 0
        const [one, other] = [plain.start('tasklet'), memoised.start('tasklet')]
        for (const type of events) {
          for (const { actor } of [one, other]) actor.send({ type })
          expect(shownBy(other)).toEqual(shownBy(one))
          expect(memoised.effects).toEqual(plain.effects)
        }
        for (const { actor } of [one, other]) actor.stop()
        expect(other.inspected).toEqual(one.inspected)
      }),
      { numRuns: 200 },
    )
  })

  it('is equal to the plain one for every event in every state', () => {
    const [plain, memoised] = [watch((machine) => machine), watch(memoise)]
    const running = ['acquiring', 'preparing', 'executing', 'settling'] as const
    const values = [
      ...Object.keys(taskletMachine.states).filter((status) => status !== 'running'),
      ...running.map((phase) => ({ running: phase })),
    ]
    vi.spyOn(console, 'warn').mockReturnValue()
    for (const value of values) {
      for (const type of EVENTS) {
        const snapshot = { status: 'active', value, historyValue: {}, context: {}, children: {} }
        const [one, other] = [plain, memoised].map(({ start }) =>
          start('tasklet', snapshot as never),
        ) as [ReturnType<typeof plain.start>, ReturnType<typeof plain.start>]
        for (const { actor } of [one, other]) actor.send({ type })
        expect(shownBy(other)).toEqual(shownBy(one))
        expect(other.inspected).toEqual(one.inspected)
      }
    }
    expect(memoised.effects).toEqual(plain.effects)
    expect(plain.effects.length).toBeGreaterThan(0)
  })

  it('runs the effects for the actor that moves, however often the step was made before', () => {
    const { start, effects } = watch(memoise)
    const actors = ['a', 'b', 'c'].map((id) => start(id).actor)
    for (const actor of actors) actor.send({ type: 'tasklet.claimed' })
    expect(effects).toEqual(['a', 'b', 'c'].map((id) => `${id} acquire after tasklet.claimed`))
  })

  it('goes on from a persisted snapshot, its own and that of the plain machine', () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const makers = [watch((machine) => machine), watch(memoise)]
    fc.assert(
      fc.property(SEQUENCES, fc.constantFrom(...EVENTS), (events, last) => {
        const [plain, memoised] = makers.map(({ start }) => {
          const { actor } = start('tasklet')
          for (const type of events) actor.send({ type })
          return toJson(actor.getPersistedSnapshot())
        })
        expect(memoised).toEqual(plain)
        const [one, other] = makers.map(({ start }) => {
          const restored = start('tasklet', plain as never)
          restored.actor.send({ type: last })
          return shownBy(restored)
        })
        expect(other).toEqual(one)
      }),
    )
  })

  it('lets an effect send its own actor the next event', () => {
    const logic = memoise(
      taskletMachine.provide({
        actions: {
          acquire: ({ self }) => self.send({ type: 'tasklet.granted' }),
          prepare: ({ self }) => self.send({ type: 'tasklet.prepared' }),
          execute: ({ self }) => self.send({ type: 'tasklet.ended' }),
          settle: ({ self }) => self.send({ type: 'tasklet.completed' }),
        },
      }),
    )
    for (let n = 0; n < 3; n += 1) {
      const actor = createActor(logic)
      actor.start()
      actor.send({ type: 'tasklet.claimed' })
      expect(actor.getSnapshot()).toMatchObject({ value: 'completed', status: 'done' })
    }
  })

  it('fails the one actor whose effect throws, and no other', () => {
    const logic = memoise(
      taskletMachine.provide({
        actions: {
          acquire: ({ self }) => {
            if (self.id === 'bad') throw new Error('no')
          },
        },
      }),
    )
    const seen = ['good', 'bad', 'later'].map((id) => {
      const actor = createActor(logic, { id })
      actor.subscribe({ error: () => {} })
      actor.start()
      actor.send({ type: 'tasklet.claimed' })
      return actor.getSnapshot().status
    })
    expect(seen).toEqual(['active', 'error', 'active'])
  })
})

function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

describe('memoise', () => {
  const child = createMachine({})
  const machines: readonly (readonly [string, AnyStateMachine])[] = [
    ['context', createMachine({ context: { n: 1 } })],
    [
      'a guard',
      setup({ guards: { may: () => true } }).createMachine({
        on: { 'a.b': { guard: 'may', actions: [] } },
      }),
    ],
    [
      'a guard in a list',
      setup({ guards: { may: () => true } }).createMachine({
        initial: 'a',
        states: { a: { on: { 'a.b': [{ target: 'b', guard: 'may' }] } }, b: {} },
      }),
    ],
    ['an invocation', createMachine({ initial: 'a', states: { a: { invoke: { src: child } } } })],
    [
      'a timer',
      createMachine({ initial: 'a', states: { a: { after: { 10: { target: 'b' } } }, b: {} } }),
    ],
    [
      'an eventless transition',
      createMachine({ initial: 'a', states: { a: { always: { target: 'b' } }, b: {} } }),
    ],
    [
      'a deep history state',
      createMachine({ initial: 'a', states: { a: {}, h: { type: 'history', history: 'deep' } } }),
    ],
    ['a history state', createMachine({ initial: 'a', states: { a: {}, h: { type: 'history' } } })],
    [
      'a timer in a state that is called "states"',
      createMachine({
        initial: 'states',
        states: { states: { after: { 10: { target: 'b' } } }, b: {} },
      }),
    ],
  ]

  it.each(machines)('refuses a machine with %s', (_, machine) => {
    expect(() => memoise(machine)).toThrow(TypeError)
  })

  it('takes a machine whose states only have such names', () => {
    const machine = createMachine({ initial: 'context', states: { context: {}, after: {} } })
    expect(createActor(memoise(machine)).getSnapshot().value).toBe('context')
  })
})
