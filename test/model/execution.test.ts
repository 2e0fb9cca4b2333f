import { describe, expect, it } from 'vitest'
import { executionMachine } from '../../machines/execution.ts'
import { describePath, findGaps, movesOf, pathsOf, toKey, walk } from '../support/model-paths.ts'
import { STORES } from '../support/stores.ts'
import { ExecutionSystem, executionDrivers } from './execution-system.ts'

const MODEL = {
  machine: executionMachine,
  events: executionMachine.events,
  never: {
    'working execution.abort': 'the scheduler tells it to drain first, whatever the drain time is',
  },
}

const PATHS = pathsOf(MODEL)

describe('the model of execution', () => {
  it('has a driver for every move of the machine, and no other', () => {
    expect(findGaps(MODEL, executionDrivers)).toEqual([])
  })

  it('has a path through every move but those that are never made', () => {
    const made = PATHS.flatMap((path) => path.slice(-1).map(toKey))
    const all = movesOf(MODEL).map(toKey)
    expect([...made, ...Object.keys(MODEL.never)].toSorted()).toEqual(all.toSorted())
  })
})

describe.each(STORES)('execution on the %s store', (_, makeStore) => {
  it.each(PATHS.map((path) => [describePath(path), path] as const))('goes %s', async (_, path) => {
    const system = new ExecutionSystem(makeStore())
    await system.start()
    await walk(path, system, executionDrivers)
    expect(system.events).toEqual(expect.arrayContaining(path.map(({ type }) => type)))
  })
})
