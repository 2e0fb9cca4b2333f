import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadPlan } from '../../src/plan/load.ts'
import type { Plan } from '../../src/plan/model.ts'
import { startRuntime } from './runtimes.ts'

/** A plan `plan` as a user writes it: the YAML of its tasks, and the code of `actions.ts`. */
async function loadSteps(
  tasks: string,
  actions = 'export const nothing = () => null',
): Promise<Plan> {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-steps-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'actions.ts'), actions)
  writeFileSync(join(folder, 'plan.yaml'), `setpoint: 1\nname: plan\n${tasks}`)
  return await loadPlan(folder)
}

type Given = Parameters<typeof startRuntime>

/** A runtime on a manual clock over such a plan. */
export async function startSteps(
  tasks: string,
  actions?: string,
  options?: Given[1],
  store?: Given[2],
  clock?: Given[3],
) {
  return await startRuntime(await loadSteps(tasks, actions), options, store, clock)
}
