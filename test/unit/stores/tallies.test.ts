import { expect, test } from 'vitest'
import { KEPT, MINUTE, Tallies } from '../../../src/stores/tallies.ts'
import { newTasklet } from '../../../src/testing/store-contract/records.ts'

test('minutes are kept for a day', () => {
  const tallies = new Tallies()
  for (const minute of [0, MINUTE, KEPT]) {
    tallies.inserted(newTasklet({ createdAt: minute + 5 }))
  }
  expect(tallies.since(0).map(({ minute }) => minute)).toEqual([MINUTE, KEPT])
})

test('a tally that was handed out is not changed by what happens later', () => {
  const tallies = new Tallies()
  const tasklet = newTasklet({ createdAt: 0, updatedAt: 0 })
  tallies.inserted(tasklet)
  const before = structuredClone(tallies.since(0))
  const seen = tallies.since(0)
  tallies.started(tasklet, 3)
  expect(seen).toEqual(before)
})
