import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRuntime } from '../../src/create-runtime.ts'
import { PlanError } from '../../src/plan/diagnostic.ts'
import { memoryStore } from '../../src/stores/memory/store.ts'

const SOUND = `setpoint: 1
name: bell
tasks:
  ring: ring
`

const BROKEN = `setpoint: 1
name: bell
descripton: misspelt
resources: { rope: 0 }
tasks:
  ring: { run: rung, timeout: soon, requires: loud }
`

function planFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-bell-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'plan.yaml'), SOUND)
  writeFileSync(join(folder, 'actions.ts'), "export const ring = () => 'ding'\n")
  return folder
}

async function diagnosticsOf(folder: string) {
  const error = await createRuntime({ plans: [folder], store: memoryStore() }).catch((e) => e)
  expect(error).toBeInstanceOf(PlanError)
  return (error as PlanError).diagnostics
}

test('a plan that goes bad is refused with every mistake, and a runtime that has it goes on', async () => {
  const folder = planFolder()
  const runtime = await createRuntime({ plans: [folder], store: memoryStore() })
  await runtime.start()
  onTestFinished(() => runtime.stop())
  writeFileSync(join(folder, 'plan.yaml'), BROKEN)
  const diagnostics = await diagnosticsOf(folder)
  expect(diagnostics.map(({ line }) => line).toSorted()).toEqual([3, 4, 6, 6, 6])
  expect(await runtime.call('bell/ring')).toBe('ding')
  expect(runtime.status).toBe('running')
})
