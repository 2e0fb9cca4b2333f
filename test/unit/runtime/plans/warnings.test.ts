import { expect, test } from 'vitest'
import { startFolders, temporaryFolder, writePlan } from '../../../support/plan-folders.ts'

const WARNED = 'setpoint: 1\nname: shed\nresources: { door: 1 }\ntasks: { open: work }\n'

test('the runtime logs the warnings of a plan once when it is loaded, and again when they come with a change', async () => {
  const folder = temporaryFolder()
  await writePlan(folder, { 'plan.yaml': WARNED, 'actions.ts': 'export const work = () => 1\n' })
  const { runtime, log } = await startFolders([folder])
  const told = () => log.lines.filter((line) => JSON.stringify(line).includes('unused-resource'))
  expect(told()).toHaveLength(1)
  await runtime.reload()
  expect(told()).toHaveLength(1)
  await writePlan(folder, { 'plan.yaml': `${WARNED}description: Changed.\n` })
  await runtime.reload()
  expect(told()).toHaveLength(2)
})
