import { describe, expect, it } from 'vitest'
import { initialTransition, type StateValueFrom, transition } from 'xstate'
import { type TaskletEventType, taskletMachine } from '../../../machines/tasklet.ts'
import { LEGAL_MOVES, STATUSES, type Status } from '../../../src/core/status.ts'

type Value = StateValueFrom<typeof taskletMachine>

const EVENTS = taskletMachine.events as TaskletEventType[]
const PHASES = ['acquiring', 'preparing', 'executing', 'settling'] as const
const VALUES: readonly Value[] = STATUSES.flatMap((status): Value[] =>
  status === 'running' ? PHASES.map((running) => ({ running })) : [status],
)

function statusOf(value: Value): Status {
  return typeof value === 'string' ? value : 'running'
}

/** Where the event leads and which effects it asks for. */
function step(value: Value, type: TaskletEventType) {
  const from = taskletMachine.resolveState({ value })
  const [{ value: to }, actions] = transition(taskletMachine, from, { type })
  return { to, effects: actions.map(({ type }) => type) }
}

const STEPS = VALUES.flatMap((from) =>
  EVENTS.map((event) => ({ from, event, ...step(from, event) })),
)

describe('the tasklet machine', () => {
  it('has the statuses of the record as its top states', () => {
    expect(Object.keys(taskletMachine.states).toSorted()).toEqual(STATUSES.toSorted())
  })

  it('begins as pending and asks for nothing before it is claimed', () => {
    const [snapshot, actions] = initialTransition(taskletMachine)
    expect(snapshot.value).toBe('pending')
    expect(actions).toEqual([])
  })

  it('moves between statuses exactly as LEGAL_MOVES says', () => {
    const moves = Object.fromEntries(STATUSES.map((status) => [status, new Set<Status>()]))
    for (const { from, to } of STEPS) {
      if (statusOf(from) !== statusOf(to)) moves[statusOf(from)]?.add(statusOf(to))
    }
    for (const status of STATUSES) {
      expect([...(moves[status] ?? [])].toSorted()).toEqual(LEGAL_MOVES[status].toSorted())
    }
  })

  it('goes through its phases in order, each with its effect, on the way of a good run', () => {
    const way = [
      ['pending', 'tasklet.claimed', { running: 'acquiring' }, 'acquire'],
      [{ running: 'acquiring' }, 'tasklet.granted', { running: 'preparing' }, 'prepare'],
      [{ running: 'preparing' }, 'tasklet.prepared', { running: 'executing' }, 'execute'],
      [{ running: 'executing' }, 'tasklet.ended', { running: 'settling' }, 'settle'],
    ] as const
    for (const [from, event, to, effect] of way) {
      expect(step(from, event)).toEqual({ to, effects: [effect] })
    }
    expect(step({ running: 'settling' }, 'tasklet.completed').to).toBe('completed')
  })

  it('settles from every phase, once', () => {
    for (const phase of PHASES) {
      const { to, effects } = step({ running: phase }, 'tasklet.ended')
      expect(to).toEqual({ running: 'settling' })
      expect(effects).toEqual(phase === 'settling' ? [] : ['settle'])
    }
  })

  it('asks for an effect only when it enters the phase of that effect', () => {
    const effects = {
      acquiring: 'acquire',
      preparing: 'prepare',
      executing: 'execute',
      settling: 'settle',
    }
    for (const { from, to, effects: asked } of STEPS) {
      const entered = typeof to === 'object' && JSON.stringify(from) !== JSON.stringify(to)
      expect(asked).toEqual(entered ? [effects[to.running]] : [])
    }
  })

  it('never leaves a final status', () => {
    for (const { from, to } of STEPS) {
      if (LEGAL_MOVES[statusOf(from)].length === 0) expect(to).toEqual(from)
    }
  })

  it('says nowhere that a tasklet completes without having been settled', () => {
    const completing = STEPS.filter(({ from, to }) => to === 'completed' && from !== 'completed')
    expect(completing.map(({ from }) => from)).toEqual([{ running: 'settling' }])
  })
})
