import { expect, it } from 'vitest'
import { styleFor } from '../../../src/cli/style.ts'
import { waitTree } from '../../../src/cli/wait-tree.ts'
import type { WaitEdge } from '../../../src/runtime/operations/reason.ts'

const plain = styleFor({ isTTY: false } as never, {})
const edge = (from: string, to: string): WaitEdge => ({ from, to, because: 'resource' })

it('draws who waits for whom below each other, and a circle once', () => {
  const waits = [edge('a', 'b'), edge('a', 'c'), edge('b', 'c'), edge('c', 'a')]
  expect(waitTree('a', waits, plain)).toEqual([
    '  waits for',
    '    └ resource: b',
    '      └ resource: c',
    '        └ resource: a (see above)',
    '    └ resource: c (see above)',
  ])
})

it('draws nothing where nobody waits', () => {
  expect(waitTree('a', [], plain)).toEqual([])
})
