import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileExpression, compileTemplate } from '../../../../src/plan/expressions/compile.ts'
import { findingsOf, NAMES, SCOPE } from './expression-values.ts'

describe('an expression at load', () => {
  test.each([
    'size(steps.tables.output) > 10',
    'has(input.nothing)',
    'input.?nothing.orValue(1)',
    'has(steps.nothing)',
    'steps.tables.output.map(x, x.whatever)',
    'steps.tables.output.map(input, input.whatever)',
    'always() || failed()',
    'attempt == 1 ? "a" : 2',
    '[1, "a", null]',
    'size(item) == 1.0',
    'item == null',
    '"a" == item',
    '"a" != null',
    'item.n % 2 + 1.5',
    'item.map(x, string(x)).join(",")',
    'item.name.matches("a")',
    'int(item) + 1.5',
  ])('%s is accepted', (text) => {
    expect(findingsOf(text)).toEqual([])
  })

  test.each<readonly [string, string, string | undefined]>([
    ['steps.tabels.output', 'no step before this has the id "tabels"', 'tables'],
    ['steps["tabels"].output', 'no step before this has the id "tabels"', 'tables'],
    ['steps.tables.outptu', 'a step has output, status and error, but no "outptu"', 'output'],
    ['has(steps.tabels.output)', 'no step before this has the id "tabels"', 'tables'],
    ['input.fodler', 'the task\'s input has no "fodler"', 'folder'],
    ['1 + itme', 'nothing is called "itme" here', 'item'],
    ['item.all(x, total)', 'nothing is called "total" here', undefined],
    ['item.all(x, true) && x', 'nothing is called "x" here', undefined],
    ['constructor', 'nothing is called "constructor" here', undefined],
    ['sizes(item)', 'there is no function "sizes"', 'size'],
    ['item.startWith("a")', 'there is no function "startWith"', 'startsWith'],
    ['cel.bind(a, 1, a)', 'there is no function "bind"', undefined],
  ])('%s: %s', (text, message, suggestion) => {
    const [finding] = findingsOf(text)
    expect(finding).toMatchObject({ rule: 'unknown-name', path: ['tasks', 'x'], suggestion })
    expect(finding?.message).toContain(message)
  })

  test('a finding names the column inside the expression', () => {
    expect(findingsOf('1 + itme')[0]?.message).toContain('(expression at "itme", column 5)')
  })

  test.each<readonly [string, RegExp]>([
    ['1 +', /the end \(expression at its end/],
    ['1 + "a"', /types do not fit: int \+ string/],
    ['1 && true', /logical operator/],
    ['"a" ? 1 : 2', /must be bool/],
    ['size()', /"size" is not called so, but size\(dyn\)/],
    ['item.map(x, item.map(y, y))', /inside another loop/],
    ['item.map(x, x).all(y, item.exists(z, z == y))', /inside another loop/],
    ['', /empty/],
    ['has(item)', /has\(\)/],
    ['item.map(1, 2)', /map/],
    ['b"bytes"', /not offered/],
    ['9999999999999999999', /64 bits/],
  ])('%s is refused', (text, message) => {
    expect(findingsOf(text)[0]?.message).toMatch(message)
  })

  test('more than one expression may be is refused', () => {
    const sum = Array.from({ length: 300 }, () => '1').join('+')
    expect(findingsOf(sum)[0]?.message).toContain('500 parts')
    expect(findingsOf('('.repeat(100))[0]?.message).toContain('nested deeper than 64')
    expect(findingsOf(`${'!'.repeat(4000)}true`)[0]?.message).toContain('500 parts')
    expect(findingsOf(`"${'a'.repeat(5000)}"`)[0]?.message).toContain('4 KiB')
  })

  test('always() and failed() mean something only where the outcome is known', () => {
    expect(findingsOf('always()', { ...NAMES, outcome: false })[0]?.message).toContain('"if"')
    const compiled = compileExpression('${{ item.all(x, !failed()) }}', [], NAMES)
    expect(compiled.expression?.asksForOutcome).toBe(true)
    expect(compileExpression('${{ item.n }}', [], NAMES).expression?.asksForOutcome).toBe(false)
  })

  test('it knows its variables, but not those of its loops', () => {
    const text = '${{ item.all(x, x > index) || has(input.keep) }}'
    const { expression } = compileExpression(text, [], NAMES)
    expect([...(expression?.variables ?? [])].sort()).toEqual(['index', 'input', 'item'])
  })

  test.each(['item.n', 'a ${{ item.n }}', '${{ item.n }} ${{ 1 }}', '${{ item.n', '$${{ 1 }}', ''])(
    '"%s" is not one expression, and the finding says how to write one',
    (text) => {
      const { expression, findings } = compileExpression(text, ['if'], NAMES)
      expect(expression).toBeUndefined()
      expect(findings).toEqual([expect.objectContaining({ rule: 'expression', path: ['if'] })])
      expect(findings[0]?.message).toMatch(/\$\{\{/)
    },
  )
})

describe('a template', () => {
  function render(value: unknown): unknown {
    const { template, findings } = compileTemplate(value, [], NAMES)
    if (template === undefined) throw new Error(findings[0]?.message)
    return template.evaluate(SCOPE)
  }

  test('a string that is one expression keeps its type', () => {
    expect(render({ a: ['${{ item.list }}', '${{item.n}}', '${{ item.nothing }}'] })).toEqual({
      a: [[1, 2, 3], 5, null],
    })
  })

  test('other strings are interpolated with texts, numbers and truth values', () => {
    expect(render('${{ item.n }}-${{ item.n > 1 }}: ${{ input.folder }}.')).toBe(
      '5-true: ./backups.',
    )
    expect(render(' ${{ item.n }}')).toBe(' 5')
  })

  test.each(['x ${{ item.nothing }}', 'x ${{ item.list }}', 'x ${{ item }}'])(
    '%s fails: null, lists and maps have no text of their own',
    (text) => {
      expect(() => render(text)).toThrow(/use json/)
    },
  )

  test('braces and quotes inside an expression do not end it', () => {
    expect(render('${{ {"a": {"b": "}}"}}.a.b }}')).toBe('}}')
    expect(render("${{ 'it\\'s }}' }}")).toBe("it's }}")
    expect(render('${{ """ }} " """ }}!')).toBe(' }} " !')
  })

  test('$${{ stands for ${{ itself', () => {
    expect(render('$${{ item.n }} ${{ item.n }}')).toBe('${{ item.n }} 5')
    expect(compileTemplate('$${{ x }}', [], NAMES).template?.isConstant).toBe(true)
  })

  test('every mistake is found, each at its place', () => {
    const value = { a: ['${{ itme }}', { b: 'x ${{ 1 + }} ${{ nope }}' }], c: '${{ open' }
    const { template, findings } = compileTemplate(value, ['with'], NAMES)
    expect(template).toBeUndefined()
    expect(findings.map(({ path }) => path)).toEqual([
      ['with', 'a', 0],
      ['with', 'a', 1, 'b'],
      ['with', 'a', 1, 'b'],
      ['with', 'c'],
    ])
  })

  test('names of entries are not expressions, and values in code stay what they are', () => {
    const when = new Date(0)
    expect(render({ '${{ item.n }}': when })).toEqual({ '${{ item.n }}': when })
  })

  test('data that contains itself is refused', () => {
    const list: unknown[] = []
    list.push(list)
    expect(compileTemplate({ list }, [], NAMES).findings[0]?.message).toBe('this contains itself')
  })

  test('without expressions it is the data itself, in a copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('${{'))
        const { template } = compileTemplate(value, [], NAMES)
        expect(template?.isConstant).toBe(true)
        expect(template?.evaluate({})).toEqual(value)
      }),
    )
  })

  test('any data that is named comes through with its type', () => {
    fc.assert(
      // Entries of that name are refused, which a test of their own holds.
      fc.property(fc.jsonValue().filter(withoutPrototypeKeys), (item) => {
        const { template } = compileTemplate(['${{ item }}'], [], NAMES)
        const plain: unknown = JSON.parse(JSON.stringify(item))
        expect(template?.evaluate({ item: plain })).toEqual([plain])
      }),
    )
  })

  test('any text that is escaped comes through as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('${{', '}}', '$', '{', '"', 'a', ' ')), (parts) => {
        const text = parts.join('')
        const escaped = text.replaceAll('${{', () => '$${{')
        expect(render(escaped)).toBe(text)
      }),
    )
  })
})

function withoutPrototypeKeys(value: unknown): boolean {
  return !JSON.stringify(value).includes('"__proto__":')
}
