import { adjacencyMapToArray, getAdjacencyMap } from '@xstate/graph'
import { describe, expect, it } from 'vitest'
import { createActor } from 'xstate'
import { type InterruptEventType, interruptMachine } from '../../../machines/interrupt.ts'

const EVENTS = interruptMachine.events as InterruptEventType[]

const MOVES = [
  'recalling rule.idle cooling',
  'recalling rule.disabled disabled',
  'recalling handler.unfinished interrupting.handling',
  'disabled rule.enabled cooling',
  'watching condition.met queued',
  'watching rule.disabled disabled',
  'queued turn.came interrupting.clearing',
  'queued condition.passed watching',
  'queued rule.disabled disabled',
  'interrupting.clearing victims.cleared interrupting.handling',
  'interrupting.clearing interrupt.failed cooling',
  'interrupting.handling handler.completed interrupting.returning',
  'interrupting.handling interrupt.failed cooling',
  'interrupting.returning world.returned cooling',
  'interrupting.returning interrupt.failed cooling',
  'cooling cooldown.over watching',
  'cooling rule.disabled disabled',
]

function nameOf(value: unknown): string {
  return typeof value === 'string' ? value : (Object.entries(value as object)[0]?.join('.') ?? '')
}

describe('the interrupt machine', () => {
  it('begins by asking the store what it was doing', () => {
    expect(createActor(interruptMachine).getSnapshot().value).toBe('recalling')
  })

  it('reaches every state, by these moves and no others', () => {
    const map = getAdjacencyMap(interruptMachine, {
      events: () => EVENTS.map((type) => ({ type })),
    })
    const moves = adjacencyMapToArray(map)
      .map(({ state, event, nextState }) => [
        nameOf(state.value),
        event.type,
        nameOf(nextState.value),
      ])
      .filter(([from, , to]) => from !== to)
      .map((move) => move.join(' '))
    expect(moves.toSorted()).toEqual(MOVES.toSorted())
  })

  it('never lets its handler go before the victims are gone, but for one that was there before', () => {
    const into = MOVES.filter((move) => move.endsWith('interrupting.handling'))
    expect(into.map((move) => move.split(' ')[1]).toSorted()).toEqual([
      'handler.unfinished',
      'victims.cleared',
    ])
  })

  it('brings an interrupt to its end although the rule is switched off', () => {
    const actor = createActor(interruptMachine).start()
    for (const type of ['handler.unfinished', 'rule.disabled'] as const) actor.send({ type })
    expect(actor.getSnapshot().value).toEqual({ interrupting: 'handling' })
    actor.stop()
  })
})
