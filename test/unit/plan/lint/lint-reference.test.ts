import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RULES } from '../../../../src/plan/lint/lint.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/lint.md'), 'utf8')

test('the page has the table of all rules', () => {
  const table = RULES.map(({ name, about }) => `| \`${name}\` | ${about} |`)
  expect(PAGE).toContain(`| --- | --- |\n${table.join('\n')}\n\n`)
})

test('the page says of every rule what to do, and of no other', () => {
  const advised = [...PAGE.matchAll(/^- `([a-z-]+)`: \S/gm)].map(([, name]) => name)
  expect(advised).toEqual(RULES.map(({ name }) => name))
})
