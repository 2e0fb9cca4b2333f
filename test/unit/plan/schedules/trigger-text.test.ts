import { expect, test } from 'vitest'
import { describeTrigger } from '../../../../src/plan/schedules/trigger-text.ts'

test.each([
  [1000, '1s'],
  [90_000, '90s'],
  [5_400_000, '90m'],
  [3_600_000, '1h'],
  [7 * 86_400_000, '7d'],
  [1500, '1500ms'],
])('an interval of %d ms is told as a plan would say it: %s', (every, text) => {
  expect(describeTrigger({ kind: 'every', every })).toBe(`every ${text}`)
})
