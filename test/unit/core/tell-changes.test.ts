import { expect, it } from 'vitest'
import { tellChanges } from '../../../src/core/tell-changes.ts'

it('tells the same thing once, until something else is told', () => {
  const told: string[] = []
  const tell = tellChanges((message) => void told.push(message))
  for (const message of ['a', 'a', 'b', 'b', 'a']) tell(message)
  expect(told).toEqual(['a', 'b', 'a'])
})
