import { describe, expect, it } from 'vitest'
import { eventNameIssue, isRuntimeEvent } from '../../../src/core/event-names.ts'

describe('the names of events', () => {
  it.each(['paid', 'order.paid', 'order.42.paid', 'bestellung.über-fällig'])('takes %s', (name) => {
    expect(eventNameIssue(name)).toBeUndefined()
  })

  it.each([
    ['order.*', 'is a pattern'],
    ['**', 'is a pattern'],
    ['', 'is no name'],
    ['.order', 'is no name'],
    ['order.', 'is no name'],
    ['order..paid', 'is no name'],
    ['order paid', 'is no name'],
    ['order\n', 'is no name'],
    [7, 'is a string, not number'],
    ['a'.repeat(257), 'at most 256 characters'],
  ])('refuses %j, because it %s', (name, reason) => {
    expect(eventNameIssue(name)).toContain(reason)
  })

  it.each(['tasklet.completed', 'runtime.anything', 'lease.lost', 'store'])(
    'keeps %s for the runtime, and says how to call it instead',
    (name) => {
      expect(isRuntimeEvent(name)).toBe(true)
      expect(eventNameIssue(name)).toContain(`such as "my.${name}"`)
    },
  )

  it('takes no name for the runtime’s because an object happens to have it', () => {
    for (const name of ['constructor', 'toString.x', '__proto__']) {
      expect(isRuntimeEvent(name)).toBe(false)
    }
  })
})
