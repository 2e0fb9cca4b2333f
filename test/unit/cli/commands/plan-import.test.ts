import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCollected } from '../collected-io.ts'

const MACHINE = { initial: 'off', states: { off: { meta: { check: 'isOff' } } } }

async function scene(plan = 'setpoint: 1\nname: lamp\n') {
  const folder = await mkdtemp(join(tmpdir(), 'setpoint-import-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'plan.yaml'), plan)
  const file = join(folder, 'drawing.json')
  await writeFile(file, JSON.stringify(MACHINE))
  const machine = join(folder, 'machine.json')
  return { folder, file, machine }
}

test('with --plan the machine becomes that of the plan', async () => {
  const { folder, file, machine } = await scene()
  const { code, stdout } = await runCollected(['plan', 'import', file, '--plan', folder])
  expect([code, stdout]).toEqual([0, ''])
  expect(JSON.parse(await readFile(machine, 'utf8'))).toEqual(MACHINE)
})

test('a machine that is there is only replaced with --force', async () => {
  const { folder, file, machine } = await scene()
  await writeFile(machine, '{}')
  const refused = await runCollected(['plan', 'import', file, '--plan', folder])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('--force')
  expect(await readFile(machine, 'utf8')).toBe('{}')
  const replaced = await runCollected(['plan', 'import', file, '--plan', folder, '--force'])
  expect(replaced.code).toBe(0)
  expect(JSON.parse(await readFile(machine, 'utf8'))).toEqual(MACHINE)
})

test('a plan that declares its machine itself keeps it', async () => {
  const { folder, file } = await scene('setpoint: 1\nname: lamp\nmachine: { states: { a: {} } }\n')
  const { code, stderr } = await runCollected(['plan', 'import', file, '--plan', folder, '--force'])
  expect(code).toBe(2)
  expect(stderr).toContain('declares a machine itself')
})

test('what is wrong is shown with its place, and nothing is written', async () => {
  const { folder, file, machine } = await scene()
  await writeFile(file, '{"initial": "offf", "states": {"off": {}}}')
  const { code, stderr } = await runCollected(['plan', 'import', file, '--plan', folder])
  expect(code).toBe(2)
  expect(stderr).toContain('drawing.json:1:13')
  expect(stderr).toContain('did you mean "off"?')
  await expect(readFile(machine)).rejects.toThrow('ENOENT')
})

test('with --json the machine and what was noticed are data', async () => {
  const { file } = await scene()
  await writeFile(file, '{"initial": "off", "states": {"off": {}}}')
  const { stdout } = await runCollected(['plan', 'import', file, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    machine: { initial: 'off' },
    written: null,
    diagnostics: [{ rule: 'state-without-check', severity: 'warning' }],
  })
})

test('a file that is not there is said to be missing', async () => {
  const { code, stderr } = await runCollected(['plan', 'import', '/nowhere/machine.json'])
  expect(code).toBe(2)
  expect(stderr).toContain('/nowhere/machine.json cannot be read')
})
