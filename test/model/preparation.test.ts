import { describe, expect, it } from 'vitest'
import { preparationMachine } from '../../machines/preparation.ts'
import { describePath, findGaps, movesOf, pathsOf, walk } from '../support/model-paths.ts'
import { STORES } from '../support/stores.ts'
import { PreparationSystem, preparationDrivers } from './preparation-system.ts'

const MODEL = { machine: preparationMachine, events: preparationMachine.events }

const PATHS = pathsOf(MODEL)

describe('the model of a preparation', () => {
  it('has a driver for every move of the machine, and no other', () => {
    expect(findGaps(MODEL, preparationDrivers)).toEqual([])
  })

  it('has a path through every move', () => {
    expect(PATHS.map((path) => path.at(-1))).toEqual(movesOf(MODEL))
  })
})

describe.each(STORES)('a preparation on the %s store', (_, makeStore) => {
  it.each(PATHS.map((path) => [describePath(path), path] as const))('goes %s', async (_, path) => {
    const system = new PreparationSystem(makeStore(), path)
    await system.start()
    await walk(path, system, preparationDrivers)
  })
})
