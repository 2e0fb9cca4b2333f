import { expect, test } from 'vitest'
import { effectivePriority, firstToRun } from '../../../src/stores/selection.ts'

const AGEING = { every: 10, step: 100, floor: 200 }

test.for([
  [500, 0, 500],
  [500, 9, 500],
  [500, 10, 400],
  [500, 29, 300],
  [500, 1000, 200],
  [100, 1000, 100],
  [500, -50, 500],
])('priority %d is, after %d ms, worth %d', ([priority = 0, waited = 0, expected]) => {
  expect(effectivePriority(priority, 1000, 1000 + waited, AGEING)).toBe(expected)
})

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
