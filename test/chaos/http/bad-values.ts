import { below, pick, type Random } from './choose.ts'
import { anything } from './samples.ts'

/** Stands in a value for a text of JSON that no value gives: nesting without end, a huge number. */
const RAW = '\u0001raw:'

const TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e\u2066',
  '😀'.repeat(50),
  'ı̇ß\u0301\u0301\u0301',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  '1e999',
  '-1ms',
  '99999999999999999d',
  "'; DROP TABLE tasklets; --",
  '<script>alert(1)</script>',
  '%00',
  '${{ input }}',
  '(a+)+$',
  'junk/',
  '/',
  'junk/echo/echo',
]
const NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e300,
  -1e300,
  Number.MIN_VALUE,
  1001,
]
const RAWS = [
  '1e999',
  '-1e999',
  '9'.repeat(500),
  '0.'.padEnd(500, '1'),
  '1E+400',
  '"\\ud800"',
  '"\\u0000"',
]

/** A value that hardly any place takes. */
export function badValue(random: Random): unknown {
  const kind = below(random, 10)
  if (kind < 3) return pick(random, TEXTS)
  if (kind === 3) return pick(random, NUMBERS)
  if (kind === 4) return null
  if (kind === 5) return RAW + pick(random, RAWS)
  if (kind === 6) return RAW + nested(1 + below(random, random() < 0.1 ? 20_000 : 200), random)
  if (kind === 7)
    return pick(random, ['x', '😀', 'é', '{']).repeat(
      below(random, random() < 0.1 ? 200_000 : 5000),
    )
  if (kind === 8) return Array.from({ length: below(random, 2000) }, () => 1)
  return anything(random)
}

/** A text for a path, a query or a header. */
export function badText(random: Random): string {
  const value = badValue(random)
  return typeof value === 'string' ? value.slice(0, 800) : toJson(value).slice(0, 2000)
}

/** Keys that an object of JavaScript may take for its own, and others that nobody asked for. */
export const BAD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'extra',
  'ID',
  'inputs',
  '',
  '\u0000',
  'a.b',
  '$ref',
  '0',
]

/** The text of a value, with the raw texts in their places. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null'
  return text.replace(/"\\u0001raw:((?:[^"\\]|\\.)*)"/g, (_, raw: string) =>
    String(JSON.parse(`"${raw}"`)),
  )
}

function nested(depth: number, random: Random): string {
  if (random() < 0.5) return '['.repeat(depth) + ']'.repeat(depth)
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
}
