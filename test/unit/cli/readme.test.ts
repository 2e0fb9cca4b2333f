import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCollected } from './collected-io.ts'

const ROOT = join(import.meta.dirname, '../../..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

test('the example of the README is code that compiles and does what is said there', async () => {
  const [, shown = ''] = /```ts\n(.*?)```/s.exec(README) ?? []
  const example = readFileSync(join(import.meta.dirname, 'readme-example.ts'), 'utf8')
  const shownHere = shown
    .replace("'setpoint'", "'../../../src/index.ts'")
    .replace('const result', 'export const result')
  expect(shownHere).toBe(example)
  const { result } = await import('./readme-example.ts')
  expect(README).toContain(`\`result\` is \`${result}\``)
})

test('the drawing in the README is what the command prints', async () => {
  const plans = join(ROOT, 'plans')
  const { stdout } = await runCollected(['plan', 'graph', 'web-service', '--plans', plans])
  const [drawing = ''] = stdout.split('\n\n')
  expect(README).toContain(`\`\`\`\n${drawing}\n\`\`\``)
})

test('every file that the README points to exists', () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link ?? '')
  expect(links.length).toBeGreaterThan(0)
  for (const link of links) expect(() => readFileSync(join(ROOT, link))).not.toThrow(/ENOENT/)
})
