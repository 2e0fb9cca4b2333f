import { readFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { loadPlan } from '../../../../src/plan/load.ts'
import { startRuntime } from '../../../support/runtimes.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const FIXTURE = join(ROOT, 'test/fixtures/plans/plan-format')

/** The example of the page as it stands there, with the code and the task files that it names. */
async function loadExample() {
  const page = await readFile(join(ROOT, 'docs/plan-format.md'), 'utf8')
  const [, example = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? []
  // Beside the fixture, so that its imports lead where they do there.
  const folder = await mkdtemp(`${FIXTURE}-`)
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp(FIXTURE, folder, { recursive: true })
  await writeFile(join(folder, 'plan.yaml'), example)
  const plan = await loadPlan(folder)
  const done = () => readFileSync(join(folder, '.done'), 'utf8').trimEnd().split('\n')
  return { plan, done, crash: () => writeFile(join(folder, '.state'), 'crashed') }
}

test('the example of the page is a plan, with the warning that the page tells of', async () => {
  const { plan } = await loadExample()
  expect(plan.warnings.map(({ rule, path }) => [rule, path])).toEqual([
    ['unused-resource', 'resources.port'],
  ])
  expect([...plan.tasks.keys()]).toContain('prune')
  expect(plan.schedules.map(({ name }) => name)).toEqual(['nightly', 'pulse', 'on-push'])
})

test('its tasks run in the states that they require', async () => {
  const { plan, done } = await loadExample()
  const { runtime } = await startRuntime(plan)
  const smokeTest = await runtime.submit('web-service/smoke-test')
  expect(await smokeTest.result()).toEqual({ state: 'serving' })
  const backup = await runtime.submit('web-service/backup', { folder: '/backups' })
  expect(await backup.result()).toEqual({ files: 3 })
  expect(done()).toEqual(['start', 'drain', 'checksum', 'prune 7'])
})

test('its interrupt answers a crash and brings the world back', async () => {
  const { plan, done, crash } = await loadExample()
  const { runtime, clock, events } = await startRuntime(plan)
  await (await runtime.submit('web-service/smoke-test')).result()
  await crash()
  await clock.advance('10s')
  await vi.waitFor(() => expect(done()).toEqual(['start', 'restart', 'resume']))
  expect(events.map(({ name }) => name)).toContain('interrupt.fired')
})

test('its schedules submit its tasks', async () => {
  const { plan } = await loadExample()
  const { runtime, clock, events } = await startRuntime(plan)
  await clock.advance('40s')
  expect(events.map(({ name }) => name)).toContain('schedule.fired')
  expect(runtime.status).toBe('running')
})
