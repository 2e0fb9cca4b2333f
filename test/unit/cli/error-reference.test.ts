import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UNNAMED } from '../../../src/gateway/client/problem-error.ts'
import { PROBLEMS } from '../../../src/gateway/http/problem.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PAGE = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')

function sources(pattern: string): string {
  return globSync(pattern, { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n')
}

function found(text: string, ...patterns: readonly RegExp[]): string[] {
  const names = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name))
  return [...new Set(names)].filter((name) => name !== undefined).sort()
}

const HEADINGS = found(PAGE, /^### `([a-z_-]+)`$/gm)
const RULES = found(PAGE, /^\| (`[^|]+`) \|/gm).flatMap((cell) => found(cell, /`([a-z0-9-]+)`/g))

test('every error code has an entry, and every entry is a code or a kind', () => {
  const code = sources('src/**/*.ts')
  const stores = found(code, /new StoreError\(\s*'([a-z_]+)'/g, /^ {2}\d+: \['([a-z]+)',/gm)
  const brokers = found(code, /new DispatchError\(\s*'([a-z_]+)'/g)
  const codes = [
    ...found(code, /\bsuper\(\s*'([a-z_]+)'/g, /new SetpointError\(\s*'([a-z_]+)'/g),
    ...stores.map((name) => `store_${name}`),
    ...brokers.map((name) => `dispatch_${name}`),
    ...Object.keys(PROBLEMS),
    UNNAMED,
    ...found(code, /'(store_[a-z_]+)'/g),
  ]
  const [, union = ''] = /type ErrorKind =([^\n]*(?:\n {2}\|[^\n]*)+)/.exec(code) ?? []
  const kinds = found(union, /'([a-z-]+)'/g)
  expect(codes.length).toBeGreaterThan(10)
  expect(kinds.length).toBeGreaterThan(10)
  expect([...new Set(HEADINGS)].sort()).toEqual([...new Set([...codes, ...kinds])].sort())
})

test('every rule of plans has an entry', () => {
  const code = sources('src/plan/**/*.ts')
  const rules = found(
    code,
    /\brule: '([a-z0-9-]+)'/g,
    /\b(?:report|unknownName)\('([a-z0-9-]+)'/g,
    /\b(?:refuse|failed)\('([a-z0-9-]+)'/g,
    /\bblame\(\w+, \w+, '([a-z0-9-]+)'/g,
    /return \['([a-z-]+)', /g,
  )
  expect(rules.length).toBeGreaterThan(30)
  expect(RULES).toEqual(expect.arrayContaining(rules))
})
