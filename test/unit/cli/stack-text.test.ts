import { expect, test } from 'vitest'
import { stackFrames } from '../../../src/cli/stack-text.ts'

const STACK = `Error: no tape
    at seal (file:///home/ann/shop/plans/box/actions.ts?version=13544ec1:3:57)
    at wrap (file:///home/ann/shop/node_modules/tape/index.js:1:2)
    at Executors.run (file:///opt/setpoint/dist/src/runtime/executors/executors.js:48:44)
    at exec (/opt/setpoint/node_modules/xstate/dist/raise.cjs.js:616:20)`

test('Of a stack those frames are shown that lead to the runtime, by paths below the folder.', () => {
  expect(stackFrames(STACK, '/home/ann/shop')).toEqual([
    'at seal (plans/box/actions.ts:3:57)',
    'at wrap (node_modules/tape/index.js:1:2)',
  ])
})

test('A stack that begins in the runtime is shown whole.', () => {
  const stack = `Error: x\n${STACK.split('\n').slice(3).join('\n')}`
  expect(stackFrames(stack, '/home/ann')).toHaveLength(2)
  expect(stackFrames(undefined, '/home/ann')).toEqual([])
})
