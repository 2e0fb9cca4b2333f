import { Problem } from './problem.ts'

/**
 * The value that the text stands for.
 * @throws {Problem} `invalid_json` that names line and column.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const offset = faultIn(text)
    const before = text.slice(0, offset).split('\n')
    const line = before.length
    const column = (before.at(-1)?.length ?? 0) + 1
    const found = offset < text.length ? shown(text.slice(offset)) : 'the end of the text'
    throw new Problem('invalid_json', `line ${line}, column ${column}: ${found} is not expected`, {
      cause,
      members: { line, column, offset },
    })
  }
}

function shown(rest: string): string {
  const [first = ''] = rest
  return JSON.stringify(first)
}

const SPACE = /[ \t\n\r]*/y
const SCALAR =
  /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b/uy

/** What may stand next. */
type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end'

/**
 * The offset of what keeps the text from being JSON. What parses JSON here says it only of some
 * faults, and in words that change.
 */
function faultIn(text: string): number {
  const open: Open = []
  let expected: Expected = 'value'
  let at = 0
  for (;;) {
    at = end(SPACE, text, at) ?? at
    const next = take(text, at, expected, open)
    if (next === undefined || next.end >= text.length) return next?.end ?? at
    at = next.end
    expected = next.expected
  }
}

/** What has begun and not ended. */
type Open = ('{' | '[')[]

interface Taken {
  readonly end: number
  readonly expected: Expected
}

function take(text: string, at: number, expected: Expected, open: Open): Taken | undefined {
  const sign = text[at]
  if (expected.endsWith('end') && sign === endOf(open)) {
    open.pop()
    return { end: at + 1, expected: 'comma-or-end' }
  }
  if (expected === 'colon') return sign === ':' ? { end: at + 1, expected: 'value' } : undefined
  if (expected !== 'comma-or-end') return takeValue(text, at, expected.startsWith('key'), open)
  if (sign !== ',' || open.length === 0) return undefined
  return { end: at + 1, expected: open.at(-1) === '{' ? 'key' : 'value' }
}

function takeValue(text: string, at: number, isKey: boolean, open: Open): Taken | undefined {
  const sign = text[at]
  if (!isKey && (sign === '{' || sign === '[')) {
    open.push(sign)
    return { end: at + 1, expected: sign === '{' ? 'key-or-end' : 'value-or-end' }
  }
  const stop = isKey && sign !== '"' ? undefined : end(SCALAR, text, at)
  return stop === undefined ? undefined : { end: stop, expected: isKey ? 'colon' : 'comma-or-end' }
}

function endOf(open: Open): string | undefined {
  const innermost = open.at(-1)
  if (innermost === undefined) return undefined
  return innermost === '{' ? '}' : ']'
}

/** Where the match that begins at the offset ends. */
function end(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}
