import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BROKEN_PLAN, KILN_PLANS, runCollected } from '../collected-io.ts'

const FILE = join(BROKEN_PLAN, 'plan.yaml')

test('a plan that can be used is one line with its size and version', async () => {
  const { code, stdout } = await runCollected(['plan', 'check', '--plans', KILN_PLANS])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^✔ kiln {2}10 tasks, 5 states, version [0-9a-f]{8}\n$/)
})

test('five mistakes are five positions with the source line and a caret, and exit code 2', async () => {
  const { code, stdout, stderr } = await runCollected(['plan', 'check', BROKEN_PLAN])
  expect(code).toBe(2)
  expect(stderr).toBe('')
  const places = [...stdout.matchAll(/^(\S+:\d+:\d+): /gm)].map(([, place]) => place)
  expect(places).toEqual(['9:25', '13:45', '15:31', '17:37', '18:17'].map((at) => `${FILE}:${at}`))
  expect(stdout).toContain(
    '  9 |         HEAT: { target: hott, meta: { task: heat } }\n    |                         ^^^^\n',
  )
})

test('with --json the diagnostics are data', async () => {
  const { code, stdout } = await runCollected(['plan', 'check', BROKEN_PLAN, '--json'])
  expect(code).toBe(2)
  const { ok, diagnostics } = JSON.parse(stdout)
  expect(ok).toBe(false)
  expect(diagnostics).toHaveLength(5)
  expect(diagnostics[0]).toMatchObject({
    rule: 'unknown-target',
    file: FILE,
    line: 9,
    column: 25,
    length: 4,
    suggestion: 'hot',
  })
})

test('one plan is checked alone, by its name or by its folder', async () => {
  const folder = join(KILN_PLANS, '..')
  for (const argv of [
    ['kiln', '--plans', folder, '--plans', KILN_PLANS],
    [join(KILN_PLANS, 'kiln'), '--plans', folder],
  ]) {
    const { code, stdout } = await runCollected(['plan', 'check', ...argv])
    expect(code).toBe(0)
    expect(stdout).toContain('✔ kiln')
  }
})
