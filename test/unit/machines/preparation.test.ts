import { adjacencyMapToArray, getAdjacencyMap } from '@xstate/graph'
import { describe, expect, it, vi } from 'vitest'
import { createActor, transition } from 'xstate'
import { type PreparationEventType, preparationMachine } from '../../../machines/preparation.ts'

type State = 'detecting' | 'waiting' | 'planning' | 'moving' | 'verifying'
type Outcome = State | 'ready' | 'failed'

const EVENTS = preparationMachine.events as PreparationEventType[]

const TABLE: Record<State, Partial<Record<PreparationEventType, Outcome>>> = {
  detecting: {
    'world.held': 'ready',
    'world.recognised': 'planning',
    'world.unrecognised': 'waiting',
  },
  waiting: { 'detection.due': 'detecting' },
  planning: { 'path.found': 'moving' },
  moving: { 'edge.taken': 'verifying', 'edge.failed': 'detecting' },
  verifying: { 'edge.verified': 'moving', 'edge.failed': 'detecting', 'path.completed': 'ready' },
}

const EFFECTS: Record<Outcome, readonly string[]> = {
  detecting: ['detect'],
  waiting: ['scheduleDetection'],
  planning: ['findPath'],
  moving: ['takeEdge'],
  verifying: ['verifyEdge'],
  ready: [],
  failed: [],
}

describe('the preparation machine', () => {
  it('begins by looking at the world', () => {
    expect(createActor(preparationMachine).getSnapshot().value).toBe('detecting')
  })

  it.each(Object.keys(TABLE) as State[])('answers every event in %s as the table says', (state) => {
    for (const type of EVENTS) {
      const expected = type === 'preparation.refused' ? 'failed' : TABLE[state][type]
      const snapshot = preparationMachine.resolveState({ value: state })
      const [next, actions] = transition(preparationMachine, snapshot, { type })
      expect(next.value).toBe(expected ?? state)
      const effects = actions.map((action) => action.type)
      expect(effects).toEqual(expected === undefined ? [] : EFFECTS[expected])
    }
  })

  it('stays ready, and stays failed, whatever is said afterwards', () => {
    // XState's development build warns of events to an actor that has ended.
    vi.spyOn(console, 'warn').mockReturnValue()
    for (const [last, end] of [
      ['world.held', 'ready'],
      ['preparation.refused', 'failed'],
    ] as const) {
      const actor = createActor(preparationMachine)
      actor.start()
      for (const type of [last, ...EVENTS]) actor.send({ type })
      expect(actor.getSnapshot()).toMatchObject({ value: end, status: 'done' })
    }
  })

  it('never takes an edge without having verified the one before it', () => {
    const events = EVENTS.map((type) => ({ type }))
    const map = getAdjacencyMap(preparationMachine, { events: () => events })
    const into = adjacencyMapToArray(map)
      .filter(({ state, nextState }) => nextState.value === 'moving' && state.value !== 'moving')
      .map(({ state, event }) => `${state.value} ${event.type}`)
    expect(into.toSorted()).toEqual(['planning path.found', 'verifying edge.verified'])
  })
})
