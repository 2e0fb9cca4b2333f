import { expect, test } from 'vitest'
import { toSettings } from '../../../../src/dispatch/bullmq/options.ts'

test('what goes on failing in the same way is told once, until something else is told', () => {
  const told: string[] = []
  const { warn } = toSettings('redis://localhost', { onWarning: (message) => told.push(message) })
  for (const message of ['a', 'a', 'b', 'b', 'a']) warn(message)
  expect(told).toEqual(['a', 'b', 'a'])
})
