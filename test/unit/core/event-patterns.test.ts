import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requirePattern, toRegExp } from '../../../src/core/event-patterns.ts'

/** What docs/events.md says, word by word. */
function matches([first, ...rest]: readonly string[], name: readonly string[]): boolean {
  if (first === undefined) return name.length === 0
  if (first !== '**') return sameWord(first, name[0]) && matches(rest, name.slice(1))
  if (rest.length === 0) return name.length > 0
  return name.some((_, at) => matches(rest, name.slice(at))) || matches(rest, [])
}

function sameWord(pattern: string, word: string | undefined): boolean {
  return word !== undefined && (pattern === '*' || pattern === word)
}

const word = fc.constantFrom('a', 'b', 'a+', '[b]', '$', '(a|b)')
const name = fc.array(word, { minLength: 1, maxLength: 5 })
const pattern = fc.array(fc.oneof(word, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 5 })

describe('a pattern', () => {
  it('matches what it says, word by word', () => {
    fc.assert(
      fc.property(pattern, name, (words, event) => {
        const found = toRegExp(words.join('.')).test(event.join('.'))
        expect(found).toBe(matches(words, event))
      }),
      { numRuns: 2000 },
    )
  })

  it('matches the names that are made from it', () => {
    const filled = pattern.chain((words) =>
      fc
        .tuple(...words.map((one) => (one === '*' || one === '**' ? word : fc.constant(one))))
        .map((event) => ({ words, event: event as readonly string[] })),
    )
    fc.assert(
      fc.property(filled, ({ words, event }) => {
        expect(toRegExp(words.join('.')).test(event.join('.'))).toBe(true)
      }),
    )
  })

  it('costs no more for being written with many stars in a row', () => {
    const stars = Array.from({ length: 30 }, () => '**').join('.')
    expect(toRegExp(`${stars}.end`).test(`${'a.'.repeat(120)}no`)).toBe(false)
  })

  it.each(['', 'a..b', '.a', 'a.', 'a b', undefined])('cannot be %j', (wrong) => {
    expect(() => requirePattern(wrong)).toThrow('matches no event: write names like "order.paid"')
  })
})
