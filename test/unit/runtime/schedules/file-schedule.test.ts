import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadPlan } from '../../../../src/plan/load.ts'
import { startRuntime } from '../../../support/runtimes.ts'

const PLAN = `
setpoint: 1
name: inbox
actions: ./actions.ts
tasks: { read: read }
schedules:
  arrivals: { task: read, files: ["inbox/**/*.csv"], input: { path: "\${{ event.data.path }}", what: "\${{ event.name }}" } }
`

async function watched(files: Readonly<Record<string, string>> = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'setpoint-files-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write('plan.yaml', PLAN)
  write('actions.ts', 'export const read = () => 1\n')
  for (const [path, text] of Object.entries(files)) write(path, text)
  const made = await startRuntime(await loadPlan(folder))
  await expect.poll(() => made.runtime.schedules.list()[0]?.state).toBe('watching')
  const fired = (count: number) =>
    expect
      .poll(() => made.events.filter(({ name }) => name === 'schedule.fired').length, {
        timeout: 10_000,
      })
      .toBe(count)
  const inputs = async () => {
    const { items } = await made.runtime.list({ task: 'read' })
    return items.map(({ input }) => input).toReversed()
  }
  return { ...made, folder, write, fired, inputs }
}

test('files that come, change and go start the task, and what was there before does not', async () => {
  const { write, folder, fired, inputs } = await watched({ 'inbox/old.csv': 'old' })
  write('inbox/deep/new.csv', 'a')
  write('inbox/not.txt', 'a')
  await fired(1)
  write('inbox/deep/new.csv', 'a and more')
  await fired(2)
  rmSync(join(folder, 'inbox/old.csv'))
  await fired(3)
  expect(await inputs()).toEqual([
    { path: 'inbox/deep/new.csv', what: 'file.added' },
    { path: 'inbox/deep/new.csv', what: 'file.changed' },
    { path: 'inbox/old.csv', what: 'file.removed' },
  ])
})
