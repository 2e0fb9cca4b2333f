import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { run } from '../../../../src/cli/main.ts'
import { BROKEN_PLAN, collectedIo, KILN_PLANS, runCollected } from '../collected-io.ts'

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

const WARNED = `setpoint: 1
name: shed
resources: { door: 1 }
tasks: { open: work }
`

function writeShed(text = WARNED): string {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-check-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'shed'))
  writeFileSync(join(folder, 'shed/plan.yaml'), text)
  writeFileSync(join(folder, 'shed/actions.ts'), 'export const work = () => 1\n')
  return folder
}

test('a warning is shown with its caret, and the exit code is 0', async () => {
  const folder = writeShed()
  const { code, stdout } = await runCollected(['plan', 'check', '--plans', folder])
  expect(code).toBe(0)
  expect(stdout).toContain('! shed  1 task, no machine')
  expect(stdout).toContain(
    `${join(folder, 'shed/plan.yaml')}:3:14: warning: no task asks for "door" (unused-resource)`,
  )
  expect(stdout).toContain('  3 | resources: { door: 1 }\n    |              ^^^^\n')
})

test('with --strict a warning counts', async () => {
  const { code } = await runCollected(['plan', 'check', '--strict', '--plans', writeShed()])
  expect(code).toBe(2)
})

test('with --json every diagnostic says how severe it is', async () => {
  const argv = ['plan', 'check', '--plans', writeShed(), '--plans', BROKEN_PLAN, '--json']
  const { code, stdout } = await runCollected(argv)
  expect(code).toBe(2)
  const { ok, plans, diagnostics } = JSON.parse(stdout)
  expect(ok).toBe(false)
  expect(plans.map(({ name }: { name: string }) => name)).toEqual(['shed'])
  const severities = diagnostics.map(({ severity }: { severity: string }) => severity)
  expect(severities).toEqual(['warning', ...Array(5).fill('error')])
})

test('a plan that is broken hides none of the others', async () => {
  const argv = ['plan', 'check', '--plans', BROKEN_PLAN, '--plans', KILN_PLANS]
  const { code, stdout } = await runCollected(argv)
  expect(code).toBe(2)
  expect(stdout).toMatch(/^✖ broken {2}5 mistakes$/m)
  expect(stdout).toMatch(/^✔ kiln /m)
})

test('a broken plan is found by the name that it gives itself', async () => {
  const argv = ['plan', 'check', 'hut', '--plans', writeShed('setpoint: 1\nname: hut\ntaks: {}\n')]
  const { code, stdout } = await runCollected([...argv, '--plans', KILN_PLANS])
  expect(code).toBe(2)
  expect(stdout).toContain('✖ hut  1 mistake')
  expect(stdout).not.toContain('kiln')
})

test('a name that no plan has is refused with the nearest', async () => {
  const argv = ['plan', 'check', 'klin', '--plans', KILN_PLANS]
  const { code, stderr } = await runCollected(argv)
  expect(code).toBe(2)
  expect(stderr).toContain('did you mean "kiln"?')
})

test('with --watch it checks again on every save, until Ctrl-C, which is no failure', async () => {
  const folder = writeShed()
  const io = collectedIo()
  const running = run(['plan', 'check', '--watch', '--plans', folder], io)
  await io.said('Ctrl-C ends')
  expect(io.texts.stdout).toMatch(/^── \d\d:\d\d:\d\d ──\n! shed /)
  writeFileSync(join(folder, 'shed/plan.yaml'), WARNED.replace('open: work', 'open: wrok'))
  await io.printed('✖ shed  1 mistake')
  writeFileSync(join(folder, 'shed/actions.ts'), 'export const wrok = () => 1\n')
  const before = io.texts.stdout.length
  await vi.waitFor(() => expect(io.texts.stdout.slice(before)).toContain('! shed '))
  io.interrupt()
  expect(await running).toBe(0)
})

test('with --watch and --json each check is one line', async () => {
  const folder = writeShed()
  const io = collectedIo()
  const running = run(['plan', 'check', '--watch', '--json', '--plans', folder], io)
  await io.said('Ctrl-C ends')
  writeFileSync(join(folder, 'shed/plan.yaml'), `${WARNED}taks: {}\n`)
  await io.printed('"ok":false')
  io.interrupt()
  expect(await running).toBe(0)
  const lines = io.texts.stdout.trimEnd().split('\n')
  const checks = lines.map((line) => JSON.parse(line).ok)
  expect(checks[0]).toBe(true)
  expect(checks.at(-1)).toBe(false)
})
