import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'

const development = /\/xstate\/dist\/xstate\.development\./

test('machines under test run on the development build of XState', () => {
  expect(import.meta.resolve('xstate')).toMatch(development)

  // The production build accepts a bare string here, and the actor fails later, out of reach.
  const actor = createActor(createMachine({})).start()
  expect(() => actor.send('OPEN' as never)).toThrow(/Only event objects/)
})

test('the graph package walks machines on the same copy of XState', () => {
  const fromGraph = createRequire(import.meta.resolve('@xstate/graph'))

  expect(fromGraph.resolve('xstate')).toMatch(development)
})
