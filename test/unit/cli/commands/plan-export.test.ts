import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { KILN_PLANS, runCollected } from '../collected-io.ts'

function exportKiln(...more: string[]) {
  return runCollected(['plan', 'export', 'kiln', '--plans', KILN_PLANS, ...more])
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'setpoint-export-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

test('the machine is printed as the JSON that Stately takes, meta and all', async () => {
  const { code, stdout } = await exportKiln()
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    initial: 'cold',
    states: { cold: { meta: { check: 'isCold', priority: 1 } } },
  })
})

test('what is exported as a module and imported again is the same machine', async () => {
  const file = join(await folder(), 'kiln.ts')
  const { stdout: json } = await exportKiln()
  const { code, stdout, stderr } = await exportKiln('--format', 'ts', '--out', file)
  expect([code, stdout]).toEqual([0, ''])
  expect(stderr).toContain(`written to ${file}`)
  expect(await readFile(file, 'utf8')).toMatch(/^import \{ createMachine \} from 'xstate'/)
  const imported = await runCollected(['plan', 'import', file])
  expect(imported.stdout).toBe(json)
})

test('a task without steps has no machine of its own', async () => {
  const { code, stderr } = await exportKiln('--task', 'heat')
  expect(code).toBe(2)
  expect(stderr).toContain('the task "kiln/heat" has no steps')
})
