import { describe, expect, it } from 'vitest'
import { scheduleMachine } from '../../machines/schedule.ts'
import { describePath, findGaps, movesOf, pathsOf, toKey, walk } from '../support/model-paths.ts'
import { STORES } from '../support/stores.ts'
import { ScheduleSystem, scheduleDrivers } from './schedule-system.ts'

const TOLD = 'what can fail there is the store, and that is told as store.failed'
const NOTHING_FAILS = 'nothing that can fail is asked there'

const MODEL = {
  machine: scheduleMachine,
  events: scheduleMachine.events,
  never: {
    'recalling effect.crashed': TOLD,
    'due effect.crashed': TOLD,
    'firing effect.crashed': TOLD,
    'disabled effect.crashed': NOTHING_FAILS,
    'waiting effect.crashed': NOTHING_FAILS,
    'pausing effect.crashed': NOTHING_FAILS,
    'over effect.crashed': NOTHING_FAILS,
  },
}

const PATHS = pathsOf(MODEL)

describe('the model of a schedule', () => {
  it('has a driver for every move of the machine, and no other', () => {
    expect(findGaps(MODEL, scheduleDrivers)).toEqual([])
  })

  it('has a path through every move but those that are never made', () => {
    const made = PATHS.flatMap((path) => path.slice(-1).map(toKey))
    const all = movesOf(MODEL).map(toKey)
    expect([...made, ...Object.keys(MODEL.never)].toSorted()).toEqual(all.toSorted())
  })
})

describe.each(STORES)('a schedule on the %s store', (_, makeStore) => {
  it.each(PATHS.map((path) => [describePath(path), path] as const))('goes %s', async (_, path) => {
    const system = new ScheduleSystem(makeStore())
    await system.start(path)
    await walk(path, system, scheduleDrivers)
  })
})
