import { describe, expect, it } from 'vitest'
import { formatDiagnostic } from '../../../../src/plan/diagnostic.ts'
import { parseSource } from '../../../../src/plan/source/source.ts'
import { faultOf } from '../plan-folder.ts'

function faults(text: string) {
  return parseSource('plan.yaml', text).diagnostics.map((each) => {
    const { rule, line, text: at } = faultOf(each, text)
    return [rule, line, at]
  })
}

describe('parseSource', () => {
  it('reads YAML 1.2 as plain data, with every key as text', () => {
    const { value, diagnostics } = parseSource(
      'a.yaml',
      'on: yes\nn: 010\n1000: [a, {b: null}]\ntoString: x\n',
    )
    expect(diagnostics).toEqual([])
    expect(value).toEqual({ on: 'yes', n: 10, 1000: ['a', { b: null }], toString: 'x' })
  })

  it('reads JSON, whatever it is indented with, and text with a byte order mark', () => {
    const value = { a: [1, { b: 'x\ny' }], c: true }
    expect(parseSource('a.json', JSON.stringify(value, null, '\t')).value).toEqual(value)
    expect(parseSource('a.yaml', '\uFEFFa: 1\r\nb: 2\r\n').value).toEqual({ a: 1, b: 2 })
  })

  it('gives aliases the value of the nearest anchor before them', () => {
    const { value } = parseSource('a.yaml', 'a: &x [1]\nb: *x\nc: &x 2\nd: *x\n')
    expect(value).toEqual({ a: [1], b: [1], c: 2, d: 2 })
  })

  it('finds keys and values, and what is missing by what is around it', () => {
    const text = 'a:\n  b: one\n  c: [x, {d: 2}]\nempty:\nalias: &q {r: 1}\nsame: *q\n'
    const source = parseSource('a.yaml', text)
    const textAt = (path: (string | number)[], at: 'key' | 'value') => {
      const { line = 0, column = 0, length = 0 } = source.locate(path, at)
      return `${line}:${text.split('\n')[line - 1]?.slice(column - 1, column - 1 + length)}`
    }
    expect(textAt(['a', 'b'], 'key')).toBe('2:b')
    expect(textAt(['a', 'b'], 'value')).toBe('2:one')
    expect(textAt(['a', 'c', 1, 'd'], 'value')).toBe('3:2')
    expect(textAt(['a', 'c', 1], 'value')).toBe('3:{d: 2}')
    expect(textAt(['a'], 'value')).toBe('1:a')
    expect(textAt(['a', 'none'], 'value')).toBe('1:a')
    expect(textAt(['none'], 'key')).toBe('1:a')
    expect(textAt(['empty'], 'value')).toBe('4:empty')
    expect(textAt(['same', 'r'], 'value')).toBe('5:1')
  })

  it.each([
    ['a syntax error', 'a: [1\nb: 2\n', 'yaml-syntax', 2, 'b'],
    ['a version directive', '%YAML 1.1\n---\na: 1\n', 'yaml-directive', 1, '%'],
    ['a tag that means nothing here', 'a: !!python/x 1\n', 'yaml-syntax', 1, '!!python/x'],
    ['a second document', 'a: 1\n---\nb: 2\n', 'yaml-documents', 2, '---'],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3\n', 'duplicate-key', 3, 'a'],
    [
      'a key with a meaning in JavaScript',
      'a: {__proto__: {x: 1}}\n',
      'forbidden-key',
      1,
      '__proto__',
    ],
    ['a merge key', 'a: &x {b: 1}\nc: {<<: *x}\n', 'forbidden-key', 2, '<<'],
    ['a key that is a list', '? [a]\n: 1\n', 'key-type', 1, '? [a]'],
    ['an alias without an anchor', 'a: *x\n', 'unknown-alias', 1, '*x'],
    ['an anchor that contains itself', 'a: &x [*x]\n', 'alias-cycle', 1, '*x'],
  ])('refuses %s', (_what, text, rule, line, at) => {
    expect(faults(text)).toEqual([[rule, line, at]])
  })

  it.each([
    ['too much text', `a: ${'x'.repeat(256 * 1024)}`, 'too-large'],
    [
      'too many keys in one map',
      Array.from({ length: 1001 }, (_, i) => `k${i}:`).join('\n'),
      'too-many-keys',
    ],
    [
      'too many keys in one flow map',
      `{${Array.from({ length: 1001 }, (_, i) => `k${i}: 1`).join()}}`,
      'too-many-keys',
    ],
    ['lists nested too deep', '['.repeat(100_000), 'too-deep'],
    ['blocks nested too deep', `${'- '.repeat(100_000)}x`, 'too-deep'],
    ['maps nested too deep', '{a: '.repeat(60_000), 'too-deep'],
    ['more values than anybody writes', `a: [${'1,'.repeat(20_000)}]`, 'too-many-values'],
    ['values that take too long to read', `a: [${'{},'.repeat(80_000)}]`, 'too-many-values'],
    ['tags without a value', '!a '.repeat(1001), 'too-many-marks'],
    ['more documents than can be read', '---\n'.repeat(5000), 'yaml-documents'],
    ['an alias bomb', bomb(9), 'alias-limit'],
    ['aliases nested too deep', chain(100), 'alias-limit'],
  ])('refuses %s', (_what, text, rule) => {
    const rules = new Set(faults(text).map(([each]) => each))
    expect(rules).toContain(rule)
  })

  it('accepts what just fits', () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join('\n')
    expect(faults(keys)).toEqual([])
    expect(faults(`${'['.repeat(64)}${']'.repeat(64)}`)).toEqual([])
  })

  it('gives diagnostics that point into the text', () => {
    const text = 'name: x\nname: y\n'
    const [diagnostic] = parseSource('plan.yaml', text).diagnostics
    expect(diagnostic && formatDiagnostic(diagnostic, text)).toBe(
      'plan.yaml:2:1: "name" stands here twice (duplicate-key)\n  2 | name: y\n    | ^^^^',
    )
  })
})

/** Each level holds the one before it ten times. */
function bomb(levels: number): string {
  const lists = Array.from({ length: levels }, (_, i) => {
    const inner = i === 0 ? '1' : `*a${i - 1}`
    return `a${i}: &a${i} [${Array.from({ length: 10 }, () => inner).join(', ')}]`
  })
  return lists.join('\n')
}

/** Each level holds the one before it once. */
function chain(levels: number): string {
  return Array.from(
    { length: levels },
    (_, i) => `a${i}: &a${i} [${i === 0 ? 1 : `*a${i - 1}`}]`,
  ).join('\n')
}
