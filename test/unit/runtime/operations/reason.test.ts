import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../../..')

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, code]) => code ?? '')
}

test('every code of a reason has a line in docs/explain.md, and every line a code', () => {
  const codes = found(textOf('src/runtime/operations/reason.ts'), /^ {2}\| '([a-z-]+)'$/gm)
  const lines = found(textOf('docs/explain.md'), /^\| `([a-z-]+)` \|/gm)
  expect(codes).toContain('settled')
  expect(lines).toEqual(codes)
})
