import { describe, expect, it } from 'vitest'
import { taskletMachine } from '../../machines/tasklet.ts'
import { describePath, findGaps, movesOf, pathsOf, walk } from '../support/model-paths.ts'
import { STORES } from '../support/stores.ts'
import { TaskletSystem, taskletDrivers } from './tasklet-system.ts'

/** A tasklet begins as a record, in whatever status its submission asks for. */
const MODEL = {
  machine: taskletMachine,
  events: taskletMachine.events,
  starts: ['pending', 'blocked', 'scheduled'],
  // One that is stopped before its handler works can only end as cancelled.
  ends: ['running.acquiring tasklet.ended', 'running.preparing tasklet.ended'],
}

const PATHS = pathsOf(MODEL)

describe('the model of a tasklet', () => {
  it('has a driver for every move of the machine, and no other', () => {
    expect(findGaps(MODEL, taskletDrivers)).toEqual([])
  })

  it('has a path through every move', () => {
    const last = PATHS.map((path) => path.at(-1))
    expect(last).toEqual(movesOf(MODEL))
  })
})

describe.each(STORES)('a tasklet of a runtime on the %s store', (_, makeStore) => {
  it.each(PATHS.map((path) => [describePath(path), path] as const))('goes %s', async (_, path) => {
    const system = new TaskletSystem(makeStore())
    await system.start(path)
    await walk(path, system, taskletDrivers)
  })
})
