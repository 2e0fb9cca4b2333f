import { describe, expect, it } from 'vitest'
import { interruptMachine } from '../../machines/interrupt.ts'
import { describePath, findGaps, movesOf, pathsOf, toKey, walk } from '../support/model-paths.ts'
import { STORES } from '../support/stores.ts'
import { InterruptSystem, interruptDrivers } from './interrupt-system.ts'

const FAILS_INSIDE = 'an error of an interrupt at work is told as interrupt.failed'
const NOTHING_FAILS = 'what could fail is reported, and the rule goes on'

const MODEL = {
  machine: interruptMachine,
  events: interruptMachine.events,
  never: {
    'disabled effect.crashed': NOTHING_FAILS,
    'watching effect.crashed': NOTHING_FAILS,
    'queued effect.crashed': NOTHING_FAILS,
    'interrupting.clearing effect.crashed': FAILS_INSIDE,
    'interrupting.handling effect.crashed': FAILS_INSIDE,
    'interrupting.returning effect.crashed': FAILS_INSIDE,
    'cooling effect.crashed': NOTHING_FAILS,
    'recalling effect.crashed': 'only one that has crashed asks the store again',
  },
}

const PATHS = pathsOf(MODEL)

describe('the model of an interrupt', () => {
  it('has a driver for every move of the machine, and no other', () => {
    expect(findGaps(MODEL, interruptDrivers)).toEqual([])
  })

  it('has a path through every move but those that are never made', () => {
    const made = PATHS.flatMap((path) => path.slice(-1).map(toKey))
    const all = movesOf(MODEL).map(toKey)
    expect([...made, ...Object.keys(MODEL.never)].toSorted()).toEqual(all.toSorted())
  })
})

describe.each(STORES)('an interrupt on the %s store', (_, makeStore) => {
  it.each(PATHS.map((path) => [describePath(path), path] as const))('goes %s', async (_, path) => {
    const system = new InterruptSystem(makeStore())
    await system.start(path)
    await walk(path, system, interruptDrivers)
  })
})
