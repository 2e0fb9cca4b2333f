import { describe, expect, it } from 'vitest'
import { holdsAny } from '../../../src/core/world-states.ts'

describe('holdsAny', () => {
  it.each([
    [['up.serving'], ['up.serving'], true],
    [['up.serving'], ['up'], true],
    [['up'], ['up.serving'], false],
    [['upper'], ['up'], false],
    [['a.x', 'b.y'], ['b'], true],
    [[], ['up'], false],
    [['up'], [], false],
  ])('finds that %j holds any of %j: %o', (states, required, holds) => {
    expect(holdsAny(states, required)).toBe(holds)
  })
})
