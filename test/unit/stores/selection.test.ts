import { expect, test } from 'vitest'
import { firstToRun } from '../../../src/stores/selection.ts'

test('the oldest decides between tasks, the turn between groups of its task', () => {
  const head = { task: 'a', priority: 5, rank: 1, turn: 9 }
  const sibling = { ...head, rank: 7, turn: 3 }
  const other = { ...head, task: 'b', rank: 4, turn: 0 }
  expect(firstToRun([other, head, sibling])).toBe(sibling)
  expect(firstToRun([head, other])).toBe(head)
  expect(firstToRun([{ ...head, priority: 6 }, other])).toBe(other)
  expect(firstToRun([sibling, { ...sibling, rank: 2 }])).toMatchObject({ rank: 2 })
  expect(firstToRun([])).toBeUndefined()
})
