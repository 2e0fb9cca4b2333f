import { expect, test } from 'vitest'
import { describeLeftovers } from '../../../src/cli/leftovers.ts'

test('a database with nothing left is not worth a line', () => {
  expect(describeLeftovers(0, [])).toBeUndefined()
})

test('what waited, what a dead process was doing and what is given up are counted apart', () => {
  const rescued = [{ status: 'pending' }, { status: 'pending' }, { status: 'failed' }] as const
  expect(describeLeftovers(1000, rescued)).toBe(
    'taking up tasklets from before: 2 interrupted by the end of a process, 1 given up or cancelled after the end of a process, 1000 or more waiting',
  )
})
